// scimmy-routers with users and groups in memory. Run in a folder where it and express are installed.
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.cwd() + "/"));
const express = require("express");
const SCIMMY = require("scimmy").default ?? require("scimmy");
const routers = require("scimmy-routers");
const SCIMMYRouters = routers.default ?? routers.SCIMMYRouters ?? routers;

function inMemory(Type, unique) {
  const all = new Map();
  const missing = () => new SCIMMY.Types.Error(404, null, "not found");
  Type.ingress(async (resource, instance) => {
    const value = JSON.parse(JSON.stringify(instance));
    const id = resource.id ?? randomUUID();
    if (resource.id && !all.has(id)) throw missing();
    for (const [other, known] of all) {
      if (other !== id && known[unique] === value[unique]) throw new SCIMMY.Types.Error(409, "uniqueness", "taken");
    }
    const now = new Date().toISOString();
    all.set(id, { ...value, id, meta: { created: all.get(id)?.meta.created ?? now, lastModified: now } });
    return all.get(id);
  });
  Type.egress(async (resource) => {
    if (!resource.id) return resource.filter ? resource.filter.match([...all.values()]) : [...all.values()];
    if (!all.has(resource.id)) throw missing();
    return all.get(resource.id);
  });
  Type.degress(async (resource) => {
    if (!all.delete(resource.id)) throw missing();
  });
}

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false));
SCIMMY.Resources.declare(SCIMMY.Resources.Group);
inMemory(SCIMMY.Resources.User, "userName");
inMemory(SCIMMY.Resources.Group, "displayName");
const handler = async (request) => {
  if (request.header("Authorization") !== `Bearer ${process.env.TOKEN}`) throw new Error("wrong token");
  return "the test";
};
express().use("/scim", new SCIMMYRouters({ type: "bearer", handler })).listen(Number(process.env.PORT), "127.0.0.1");
