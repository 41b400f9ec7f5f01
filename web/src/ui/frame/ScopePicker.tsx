// Everything ▸ provider ▸ region ▸ cluster: picks what the pages speak about.
import { Menu } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { clustersQuery } from "../../api/query";
import { StateGlyph } from "../StateGlyph";
import classes from "./ScopePicker.module.css";
import { scopeTree } from "./scopeTree";
import { inScope, useScope } from "./useScope";

export function ScopePicker() {
  const [scope, setScope] = useScope();
  const { id } = useParams({ strict: false });
  const navigate = useNavigate();
  const clusters = useQuery(clustersQuery).data ?? [];
  const tree = scopeTree(clusters);
  const cluster = clusters.find((one) => one.id === id);
  const words = [scope.provider, scope.region, cluster?.name].filter((word) => word !== undefined);
  const inRegion = scope.region ? clusters.filter((one) => inScope(one, scope)) : [];
  function pick(next: typeof scope) {
    if (id) void navigate({ to: "/", search: next });
    else setScope(next);
  }
  return (
    <Menu position="bottom-start" width={260} shadow="md">
      <Menu.Target>
        <button type="button" className={classes.picker} title={words.join(" ▸ ") || undefined}>
          <span className="sr">Scope: </span>
          <span className={classes.words}>{words.length === 0 ? "Everything" : words.join(" ▸ ")}</span>
          <IconSelector size={15} aria-hidden className={classes.icon} />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.list}>
        <Menu.Item
          rightSection={scope.provider || id ? undefined : <IconCheck size={14} />}
          onClick={() => pick({ provider: undefined, region: undefined })}
        >
          Everything <span className="quiet num">{clusters.length}</span>
        </Menu.Item>
        {tree.map(({ provider, regions, count }) => (
          <div key={provider}>
            <Menu.Item
              className={classes.provider}
              rightSection={scope.provider === provider && !scope.region ? <IconCheck size={14} /> : undefined}
              onClick={() => pick({ provider, region: undefined })}
            >
              {provider} <span className="quiet num">{count}</span>
            </Menu.Item>
            {regions.map(([region, inside]) => (
              <Menu.Item
                key={region}
                className={classes.region}
                rightSection={
                  scope.provider === provider && scope.region === region ? <IconCheck size={14} /> : undefined
                }
                onClick={() => pick({ provider, region })}
              >
                {region} <span className="quiet num">{inside}</span>
              </Menu.Item>
            ))}
          </div>
        ))}
        {inRegion.length > 0 && <Menu.Divider />}
        {inRegion.slice(0, 60).map((one) => (
          <Menu.Item
            key={one.id}
            leftSection={<StateGlyph state={one.state} />}
            onClick={() => void navigate({ to: "/cluster/$id", params: { id: one.id }, search: {} })}
          >
            <span className={classes.words} title={one.name}>
              {one.name}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
