// Chooses the columns; the address keeps those that are left out.
import { ActionIcon, Checkbox, Menu } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { columns } from "./columns";

export default function ColumnMenu() {
  const search = useSearch({ from: "/signed-in/" });
  const hidden = new Set((search.columns ?? "").split(",").filter(Boolean));
  const navigate = useNavigate({ from: "/" });
  function toggle(id: string) {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    void navigate({ search: (old) => ({ ...old, columns: [...next].join(",") || undefined }), replace: true });
  }
  const choices = columns.map((column) => ({
    id: String(column.id ?? ("accessorKey" in column ? column.accessorKey : "")),
    word: String(column.header),
  }));
  return (
    <Menu position="bottom-end" closeOnItemClick={false} shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label="Columns" title="Columns">
          <IconColumns3 size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {choices
          .filter(({ id }) => id !== "name")
          .map(({ id, word }) => (
            <Menu.Item key={id} component="div" onClick={() => toggle(id)}>
              <Checkbox
                size="xs"
                label={word}
                checked={!hidden.has(id)}
                onChange={() => toggle(id)}
                onClick={(event) => event.stopPropagation()}
              />
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
