// The panels in their places: 24 columns where there is room, one below the other where there is not.
import { useState } from "react";
import type { Section } from "./model";
import { type Context, PanelCard } from "./PanelCard";
import classes from "./Sections.module.css";
import { shownTitle } from "./substitute";

type Props = { sections: Section[]; context: Context };

export function Sections({ sections, context }: Props) {
  return sections.map((section, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: sections stay where they are
    <Rows key={at} section={section} context={context} />
  ));
}

function Rows({ section, context }: { section: Section; context: Context }) {
  const [folded, setFolded] = useState(section.collapsed);
  const { panels } = section;
  const top = Math.min(...panels.map(({ place }) => place.y));
  return (
    <section className={classes.section}>
      {section.title && (
        <h2 className={classes.title}>
          <button type="button" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
            <span className={classes.turn} data-folded={folded} aria-hidden="true" />
            {shownTitle(section.title, context.values)}
          </button>
        </h2>
      )}
      {!folded && (
        <div className={classes.grid}>
          {panels.map((panel) => {
            const { x, y, w, h } = panel.place;
            return (
              <div
                key={panel.id}
                className={classes.cell}
                style={
                  {
                    "--column": `${x + 1} / span ${w}`,
                    "--row": `${y - top + 1} / span ${h}`,
                    "--high": h,
                  } as React.CSSProperties
                }
              >
                <PanelCard panel={panel} context={context} />
              </div>
            );
          })}
        </div>
      )}
    </section>
  );
}
