// What Settings holds on access: API tokens for everybody; people and teams for administrators.
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../../api/query";
import { may } from "../../api/role";
import { ApiTokens } from "./ApiTokens";
import { People } from "./People";
import { Teams } from "./Teams";

export function Access() {
  const admin = may(useQuery(sessionQuery).data?.account.role, "admin");
  return (
    <>
      <ApiTokens />
      {admin && <People />}
      {admin && <Teams />}
    </>
  );
}
