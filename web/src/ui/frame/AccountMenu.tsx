// The person: who is signed in, the colour scheme, the keys, signing out.
import { Menu, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client";
import type { Session } from "../../api/type";
import classes from "./AccountMenu.module.css";

type Props = { account: Session["account"]; showKeys: () => void };

export function AccountMenu({ account, showKeys }: Props) {
  const queries = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const initials = (account.name || account.email).slice(0, 1).toUpperCase();
  async function signOut() {
    await client.DELETE("/api/v1/session");
    queries.clear();
    location.assign("/sign-in");
  }
  const schemes = [
    { key: "light", word: "Light", icon: IconSun },
    { key: "dark", word: "Dark", icon: IconMoon },
    { key: "auto", word: "As the system", icon: IconDeviceDesktop },
  ] as const;
  return (
    <Menu position="bottom-end" width={220} shadow="md">
      <Menu.Target>
        <button type="button" className={classes.person} aria-label={`${account.name}: account and settings`}>
          {initials}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <strong>{account.name}</strong>
          <span className="label">
            {account.email}, {account.role}
          </span>
        </div>
        <Menu.Divider />
        {schemes.map(({ key, word, icon: Icon }) => (
          <Menu.Item
            key={key}
            leftSection={<Icon size={16} />}
            rightSection={colorScheme === key ? "✓" : undefined}
            onClick={() => setColorScheme(key)}
          >
            {word}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconKeyboard size={16} />}
          rightSection={<kbd className="label">?</kbd>}
          onClick={showKeys}
        >
          Keys
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
