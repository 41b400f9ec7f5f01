// A telemetry store: where it is, what it is for, how it knows the hub; tried before it is kept.
import { Button, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { Store, StoreCheck } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import { CheckResult } from "./CheckResult";
import { Choice } from "./Choice";
import classes from "./Form.module.css";
import { draftOf, keepsSecret, type Typed, typedOf, wrongOf } from "./storeDraft";

const KINDS: [string, string][] = [
  ["prometheus", "Prometheus, Mimir or alike"],
  ["loki", "Loki"],
];
const WAYS: [string, string][] = [
  ["none", "None"],
  ["basic", "User and password"],
  ["bearer", "Bearer token"],
];

type Props = { store?: Store; close: () => void };

export default function StoreForm({ store, close }: Props) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState<Typed>(() => typedOf(store));
  const [touched, setTouched] = useState<Set<keyof Typed>>(new Set());
  const wrong = wrongOf(typed, store);
  const sound = Object.keys(wrong).length === 0;
  const send = async (dryRun: boolean): Promise<Store | StoreCheck> => {
    const body = draftOf(typed, dryRun);
    if (!store) return taken(client.POST("/api/v1/stores", { body }));
    const params = { path: { id: store.id }, header: { "If-Match": store.etag } };
    return taken(client.PUT("/api/v1/stores/{id}", { params, body }));
  };
  const tries = useMutation({ mutationFn: () => send(true) as Promise<StoreCheck> });
  const save = useMutation({
    mutationFn: () => send(false),
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ["stores"] });
      await queries.invalidateQueries({ queryKey: ["dashboards"] });
    },
  });
  const field = (name: keyof Typed) => ({
    value: typed[name],
    error: touched.has(name) ? wrong[name] : undefined,
    autoComplete: "off",
    onBlur: () => setTouched((old) => new Set(old).add(name)),
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
  });
  const set = (name: keyof Typed, value: string) => {
    setTyped((old) => ({ ...old, [name]: value }) as Typed);
    tries.reset();
  };
  const every = () => setTouched(new Set(Object.keys(typed) as (keyof Typed)[]));
  return (
    <Dialog title={store ? `Change the store ${store.name}` : "Add a store"} close={close} wide>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          every();
          if (sound) save.mutate();
        }}
      >
        <div className={classes.row}>
          <TextInput label="Name" placeholder="metrics-eu" maxLength={63} data-autofocus {...field("name")} />
          {!store && <Choice label="Kind" choices={KINDS} value={typed.kind} onChange={(kind) => set("kind", kind)} />}
        </div>
        <TextInput
          label="URL"
          description="The base of its API; the hub adds what it asks for, and only reads."
          placeholder={typed.kind === "loki" ? "https://loki.example.com" : "https://mimir.example.com/prometheus"}
          inputMode="url"
          {...field("url")}
        />
        <div className={classes.row}>
          <TextInput
            label="Only for the region"
            description="Empty: for every cluster."
            placeholder="eu-west-1"
            {...field("region")}
          />
          <TextInput label="Tenant" description="Empty: none is named." placeholder="platform" {...field("tenant")} />
          <TextInput label="Header of the tenant" description="Mimir's and Loki's own." {...field("tenant_header")} />
        </div>
        <Choice
          label="Authentication"
          choices={WAYS}
          value={typed.authentication}
          onChange={(way) => set("authentication", way)}
        />
        {typed.authentication !== "none" && (
          <div className={classes.row}>
            {typed.authentication === "basic" && <TextInput label="User" {...field("username")} />}
            <PasswordInput
              label={typed.authentication === "basic" ? "Password" : "Token"}
              description={
                keepsSecret(typed, store) ? "Empty: the one that is kept stays." : "Kept sealed, and never shown again."
              }
              {...field("secret")}
              autoComplete="new-password"
            />
          </div>
        )}
        {typed.url.startsWith("https:") && (
          <Textarea
            label="Authorities"
            description="PEM certificates to trust instead of this hub's own; empty for a public certificate."
            classNames={{ input: "mono" }}
            rows={3}
            {...field("authorities_pem")}
          />
        )}
        {typed.authentication !== "none" && typed.url.startsWith("http:") && (
          <p className="label">
            Over plain HTTP the credentials can be read on the way: only within one machine or one mesh.
          </p>
        )}
        <TextInput label="Reason" description="The audit log keeps it." maxLength={500} {...field("reason")} />
        {tries.data && <CheckResult check={tries.data} />}
        {(save.isError || tries.isError) && <Refusal error={save.error ?? tries.error} />}
        <div className={classes.acts}>
          <Button
            variant="default"
            loading={tries.isPending}
            onClick={() => {
              every();
              if (sound) tries.mutate();
            }}
          >
            Try it
          </Button>
          <Button type="submit" loading={save.isPending}>
            {store ? "Change the store" : "Add the store"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
