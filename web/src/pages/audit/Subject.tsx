// What an act was done to: a cluster by its name, where it still exists, else as the log has it.
import { Link } from "@tanstack/react-router";
import { Missing } from "../../ui/Missing";

type Props = { subject: string; name: string | undefined };

export function Subject({ subject, name }: Props) {
  if (subject === "") return <Missing why="it concerns the hub itself" />;
  if (name === undefined) return subject;
  return (
    <Link className="link" to="/cluster/$id" params={{ id: subject }} search={{}} title={subject}>
      {name}
    </Link>
  );
}
