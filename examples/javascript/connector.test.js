// How a project tests its own connector: `emulator serve`, then `npm test`.

import assert from "node:assert/strict";
import test from "node:test";

import { Connector } from "./connector.js";
import { World } from "./world.js";

test("the agent is shown who calls", async (t) => {
  const world = await World.forTest(t);
  const shown = [];
  const connector = new Connector(world.url, 101, (caller) => shown.push(caller));
  await connector.signIn("Demo@2026", "40101");
  await world.dialIn("13912345678", "95001");
  const content = await world.hears(101, "AgentEvent_Talking");
  assert.equal(content.caller, "13912345678");
  await connector.close();
  assert.deepEqual(shown, ["13912345678"]);
});

test("the connector signs in once, at the documented address", async (t) => {
  const world = await World.forTest(t);
  const connector = new Connector(world.url, 102, () => {});
  await connector.signIn("Demo@2026", "40102");
  await connector.close();
  await world.verify({ section: "6.1.1.1", agent: 102, body: { phonenum: "40102" }, times: 1 });
});

test("a wrong password is reported", async (t) => {
  const world = await World.forTest(t);
  const connector = new Connector(world.url, 101, () => {});
  await assert.rejects(connector.signIn("wrong", "40101"), /sign-in refused/);
});
