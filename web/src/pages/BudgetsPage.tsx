// Budgets of series: which are full, which will be, and whose they are.
import { Button, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { budgetsQuery, sessionQuery } from "../api/query";
import { highest, may, WHO } from "../api/role";
import type { Budget } from "../api/type";
import { Panel } from "../ui/Panel";
import { Trouble } from "../ui/Trouble";
import { useTitle } from "../ui/useTitle";
import classes from "./BudgetsPage.module.css";
import { BudgetRow } from "./budgets/BudgetRow";
import { byNeed } from "./budgets/budgetLook";

const BudgetForm = lazy(() => import("../forms/BudgetForm"));
const ReleaseForm = lazy(() => import("../forms/ReleaseForm"));
const RemoveBudgetForm = lazy(() => import("../forms/RemoveBudgetForm"));
type Open = { form: "set" } | { form: "change" | "release" | "remove"; budget: Budget } | undefined;

export function BudgetsPage() {
  const budgets = useQuery(budgetsQuery);
  const allowed = may(highest(useQuery(sessionQuery).data?.account), "operator");
  const [open, setOpen] = useState<Open>();
  useTitle("Budgets");
  const items = byNeed(budgets.data?.items ?? []);
  const close = () => setOpen(undefined);
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div>
          <h1>Budgets</h1>
          <p className="quiet">
            How many series there may be. The hub warns and tells the owner; labels are aggregated away and new series
            refused only where a budget says so.
          </p>
        </div>
        <Tooltip label={`Only ${WHO.operator} can set budgets`} disabled={allowed}>
          <Button disabled={!allowed} onClick={() => setOpen({ form: "set" })}>
            Set a budget
          </Button>
        </Tooltip>
      </header>
      {budgets.isPending && <div className={classes.wait} aria-busy="true" />}
      {budgets.isError && (
        <Trouble what="The budgets could not be read." error={budgets.error} retry={() => void budgets.refetch()} />
      )}
      {budgets.isSuccess && items.length === 0 && (
        <Panel title="No budget is set">
          <p className="quiet">
            A budget bounds the series of the fleet, a provider, a region, a cluster, a team or a metric: it says what
            is left, warns at the soft limit, and forecasts the day on which it will be over.
          </p>
        </Panel>
      )}
      {items.length > 0 && (
        <Panel title="All budgets, the fullest first" flush>
          <ul className={classes.list}>
            {items.map((budget) => (
              <BudgetRow
                key={budget.id}
                budget={budget}
                allowed={allowed}
                change={() => setOpen({ form: "change", budget })}
                release={() => setOpen({ form: "release", budget })}
                remove={() => setOpen({ form: "remove", budget })}
              />
            ))}
          </ul>
        </Panel>
      )}
      <Suspense>
        {open?.form === "set" && <BudgetForm close={close} />}
        {open?.form === "change" && <BudgetForm budget={open.budget} close={close} />}
        {open?.form === "release" && <ReleaseForm budget={open.budget} close={close} />}
        {open?.form === "remove" && <RemoveBudgetForm budget={open.budget} close={close} />}
      </Suspense>
    </div>
  );
}
