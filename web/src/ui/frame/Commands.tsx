// Search and commands (⌘K): go to a page or a cluster, or act.
import { useMantineColorScheme } from "@mantine/core";
import { Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import { IconArrowRight, IconMoon, IconPlus, IconSearch, IconSun } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { clustersQuery, sessionQuery } from "../../api/query";
import { highest, may } from "../../api/role";
import { look } from "../../api/state";
import { placeOf } from "../place";
import { StateGlyph } from "../StateGlyph";
import classes from "./Commands.module.css";
import { commandStore } from "./commandStore";
import { placesFor } from "./places";

export default function Commands() {
  const navigate = useNavigate();
  const clusters = useQuery(clustersQuery).data ?? [];
  const role = highest(useQuery(sessionQuery).data?.account);
  const { setColorScheme } = useMantineColorScheme();
  const go: SpotlightActionData[] = placesFor(role).map(({ to, word }) => ({
    id: `go-${to}`,
    label: `Go to ${word}`,
    leftSection: <IconArrowRight size={16} />,
    onClick: () => void navigate({ to }),
  }));
  const act: SpotlightActionData[] = [
    {
      id: "unwell",
      label: "Show only clusters that are not well",
      onClick: () => void navigate({ to: "/", search: { unwell: true } }),
    },
    {
      id: "table",
      label: "Show the fleet as a table",
      onClick: () => void navigate({ to: "/", search: { view: "table" } }),
    },
    { id: "dark", label: "Dark", leftSection: <IconMoon size={16} />, onClick: () => setColorScheme("dark") },
    { id: "light", label: "Light", leftSection: <IconSun size={16} />, onClick: () => setColorScheme("light") },
  ];
  if (may(role, "operator")) {
    act.unshift({
      id: "add",
      label: "Add a cluster",
      leftSection: <IconPlus size={16} />,
      onClick: () => void navigate({ to: "/add", search: {} }),
    });
  }
  const named: SpotlightActionData[] = clusters.map((one) => ({
    id: one.id,
    label: one.name,
    description: `${look(one.state).word}, ${placeOf(one).provider} ▸ ${placeOf(one).region}`,
    leftSection: <StateGlyph state={one.state} size={14} />,
    onClick: () => void navigate({ to: "/cluster/$id", params: { id: one.id }, search: {} }),
  }));
  return (
    <Spotlight
      store={commandStore}
      attributes={{ content: { "aria-label": "Search and commands" } }}
      classNames={{ action: classes.action, actionDescription: classes.description }}
      shortcut={null}
      lockScroll={false}
      limit={12}
      maxHeight={420}
      scrollable
      highlightQuery
      nothingFound="Nothing is called that"
      searchProps={{
        placeholder: "A cluster, a page, something to do",
        leftSection: <IconSearch size={18} />,
        "aria-label": "Search clusters and commands",
      }}
      actions={[
        { group: "Go", actions: go },
        { group: "Do", actions: act },
        { group: "Clusters", actions: named },
      ]}
    />
  );
}
