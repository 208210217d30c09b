// What a home-made server looks like: scim-patch and scim2-parse-filter over a map. Run in a folder where they are installed.
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.cwd() + "/"));
const express = require("express");
const { scimPatch } = require("scim-patch");
const { parse, filter } = require("scim2-parse-filter");

const urn = "urn:ietf:params:scim:api:messages:2.0:";
const send = (response, status, body) => response.status(status).type("application/scim+json").send(JSON.stringify(body));
const refuse = (response, status, detail, scimType) =>
  send(response, status, { schemas: [urn + "Error"], status: String(status), detail, scimType });
const app = express();
app.use(express.json({ type: () => true }));
app.use((request, response, next) =>
  request.header("authorization") === `Bearer ${process.env.TOKEN}` ? next() : refuse(response, 401, "wrong token"));

for (const [path, unique, resourceType] of [["Users", "userName", "User"], ["Groups", "displayName", "Group"]]) {
  const all = new Map();
  const shown = (resource, query) => {
    const copy = structuredClone(resource);
    for (const name of String(query.excludedAttributes ?? "").split(",")) delete copy[name];
    return copy;
  };
  const one = (change) => (request, response) => {
    const resource = all.get(request.params.id);
    return resource ? change(resource, request, response) : refuse(response, 404, "not found");
  };
  app.get(`/scim/${path}`, ({ query }, response) => {
    let found = [...all.values()];
    try {
      if (query.filter) found = found.filter(filter(parse(query.filter)));
    } catch (error) {
      return refuse(response, 400, error.message, "invalidFilter");
    }
    const start = Math.max(1, Number(query.startIndex) || 1);
    const page = found.slice(start - 1, start - 1 + (Number(query.count) || 100));
    const Resources = page.map((resource) => shown(resource, query));
    send(response, 200, { schemas: [urn + "ListResponse"], totalResults: found.length, startIndex: start, itemsPerPage: page.length, Resources });
  });
  app.post(`/scim/${path}`, ({ body }, response) => {
    const name = (resource) => String(resource[unique]).toLowerCase();
    if (!body[unique]) return refuse(response, 400, `${unique} is required`, "invalidValue");
    if ([...all.values()].some((known) => name(known) === name(body))) return refuse(response, 409, "taken", "uniqueness");
    const resource = { ...body, id: randomUUID(), meta: { resourceType } };
    all.set(resource.id, resource);
    send(response, 201, resource);
  });
  app.get(`/scim/${path}/:id`, one((resource, { query }, response) => send(response, 200, shown(resource, query))));
  app.patch(`/scim/${path}/:id`, one((resource, { body }, response) => {
    try {
      const options = { mutateDocument: false, treatMissingAsAdd: true };
      const changed = scimPatch(structuredClone(resource), body.Operations, options);
      all.set(resource.id, changed);
      send(response, 200, changed);
    } catch (error) {
      refuse(response, 400, error.message, error.scimCode);
    }
  }));
  app.delete(`/scim/${path}/:id`, one((resource, _, response) => {
    all.delete(resource.id);
    response.status(204).end();
  }));
}
app.listen(Number(process.env.PORT), "127.0.0.1");
