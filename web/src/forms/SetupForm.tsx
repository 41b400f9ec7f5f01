// The first administrator's name, address and password, checked as they are typed.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { Session } from "../api/type";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";

const SHORTEST = 12;

type Props = { token: string; done: (session: Session) => void };

export function SetupForm({ token, done }: Props) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const setUp = useMutation({
    mutationFn: () => taken(client.POST("/api/v1/setup", { body: { token, name, email, password } })),
    onSuccess: done,
  });
  const short = password.length < SHORTEST;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!short) setUp.mutate();
      }}
    >
      <TextInput
        label="Your name"
        name="name"
        autoComplete="name"
        required
        autoFocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Email"
        type="email"
        name="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        description={`At least ${SHORTEST} characters`}
        error={password !== "" && short ? `${SHORTEST - password.length} more` : undefined}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {setUp.isError && <Refusal error={setUp.error} />}
      <Button type="submit" loading={setUp.isPending} disabled={short} fullWidth>
        Become administrator
      </Button>
    </form>
  );
}
