-- Who may do what, and with which clusters: teams, grants, tokens of programs; and the seals of the audit log.

-- Somebody may have no role in the whole fleet, and one in a part of it.
ALTER TABLE account DROP CONSTRAINT account_role_check;
ALTER TABLE account ADD CONSTRAINT account_role_check CHECK (role IN ('none', 'viewer', 'operator', 'admin'));

-- The clusters of a team are those that have all of its labels; name, region, provider and environment count as labels.
CREATE TABLE team (
  id                      text PRIMARY KEY,
  name                    text NOT NULL UNIQUE,
  labels                  jsonb NOT NULL,
  created_by              text NOT NULL,
  created_at              timestamptz NOT NULL
);

-- A role within a scope: the clusters of a team, in a region, with labels; all that is given has to hold.
CREATE TABLE access_grant (
  id                      text PRIMARY KEY,
  account_id              text NOT NULL REFERENCES account ON DELETE CASCADE,
  role                    text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  team_id                 text REFERENCES team ON DELETE CASCADE,
  region                  text,
  labels                  jsonb NOT NULL,
  created_by              text NOT NULL,
  created_at              timestamptz NOT NULL
);
CREATE INDEX access_grant_account ON access_grant (account_id);
CREATE INDEX access_grant_team ON access_grant (team_id);

-- A program acts by a token for whoever made it, and never may more than they may now.
CREATE TABLE api_token (
  id                      text PRIMARY KEY,
  name                    text NOT NULL,
  secret_sha256           bytea NOT NULL,
  account_id              text NOT NULL REFERENCES account ON DELETE CASCADE,
  role                    text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  team_id                 text REFERENCES team ON DELETE CASCADE,
  region                  text,
  labels                  jsonb NOT NULL,
  created_at              timestamptz NOT NULL,
  expires_at              timestamptz NOT NULL,
  revoked_at              timestamptz,
  last_used_at            timestamptz
);
CREATE INDEX api_token_account ON api_token (account_id);
CREATE INDEX api_token_team ON api_token (team_id);

-- Whether a cluster is within what somebody may see. `access` is an array of layers, each of which has to allow it; a layer is an array of
-- label sets, one of which the cluster has to have. NULL is the whole fleet.
CREATE FUNCTION cluster_within(name text, region text, provider text, environment text, labels jsonb, access jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT access IS NULL OR NOT EXISTS (
    SELECT FROM jsonb_array_elements(access) AS layer
    WHERE NOT EXISTS (
      SELECT FROM jsonb_array_elements(layer) AS wanted
      WHERE labels || jsonb_build_object('name', name, 'region', region, 'provider', provider, 'environment', environment) @> wanted))
$$;

-- A join token may be for one cluster that is known already: an operator's consent that it joins again.
ALTER TABLE join_token ADD COLUMN cluster_id text REFERENCES cluster ON DELETE CASCADE;
-- What the join token asked for stays so, whatever the cluster says of itself later.
ALTER TABLE cluster ADD COLUMN bound jsonb NOT NULL DEFAULT '{}';

-- Which key join tokens pin: two replicas with different ones would each spoil what the other one made.
ALTER TABLE hub ADD COLUMN identity_key text;

-- The transaction that wrote an entry: one is sealed when no older transaction is open any more.
ALTER TABLE audit ADD COLUMN xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint;

-- Entries sealed together. `sha256` is over the seal before and every entry's id and hash; `signature` is by the hub's identity key.
CREATE TABLE audit_seal (
  number                  bigint PRIMARY KEY,
  sealed_at               timestamptz NOT NULL,
  entry_ids               bigint[] NOT NULL,
  entry_sha256s           bytea[] NOT NULL,
  previous_sha256         bytea NOT NULL,
  sha256                  bytea NOT NULL,
  signed_by               text NOT NULL,
  signature               bytea NOT NULL
);
