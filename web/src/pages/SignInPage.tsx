// Sign-in with address and password; the address that was wanted is opened afterwards.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { SignInForm } from "../forms/SignInForm";
import { ownPath } from "../search";
import { useTitle } from "../ui/useTitle";
import { Door } from "./Door";

export function SignInPage() {
  const { next } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const queries = useQueryClient();
  useTitle("Sign in");
  return (
    <Door title="Sign in to Flagstaff" lead="With the account that your platform team gave you.">
      <SignInForm
        done={(session) => {
          queries.clear();
          queries.setQueryData(["session"], session);
          router.history.push(ownPath(next));
        }}
      />
    </Door>
  );
}
