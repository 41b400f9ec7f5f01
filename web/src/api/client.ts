// The typed client of the hub's API: same origin, cookie session, and a header on every write.
import createClient, { type Middleware } from "openapi-fetch";
import { problemFrom } from "./problem";
import type { paths } from "./schema";

const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-Flagstaff-Csrf", "1");
    return request;
  },
};

export const client = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "http://localhost" : location.origin,
  credentials: "same-origin",
});
client.use(csrf);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer, or the hub's refusal thrown as a `Problem`. */
export async function taken<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemFrom(response.status, error, response.headers.get("x-request-id"));
  return data as T;
}
