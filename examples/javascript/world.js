// A call center for one test: a world of a running emulator, by its control plane.

const EMULATOR = process.env.EMULATOR_URL ?? "http://127.0.0.1:8000";
const TOKEN = process.env.EMULATOR_CONTROL_TOKEN;

async function control(base, method, path, body) {
  const headers = { "content-type": "application/json" };
  if (TOKEN) headers.authorization = `Bearer ${TOKEN}`;
  const answer = await fetch(`${base}/_emulator${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${found.error?.message ?? answer.status}`);
  return found;
}

export class World {
  // Time stands still in it; it is dropped after the test `t`.
  static async forTest(t) {
    const { name, path } = await control(EMULATOR, "POST", "/worlds", {
      settings: { clock_scale: 0 },
    });
    t.after(() => control(EMULATOR, "DELETE", `/worlds/${name}`));
    return new World(EMULATOR + path);
  }

  constructor(url) {
    this.url = url;
  }

  async dialIn(caller, called) {
    return (await control(this.url, "POST", "/calls", { caller, called })).call;
  }

  advance(seconds) {
    return control(this.url, "POST", "/clock/advance", { seconds });
  }

  // Fails, and says what came nearest, if it was not called so often.
  async verify(expected) {
    const found = await control(this.url, "POST", "/journal/verify", expected);
    if (!found.verified) {
      const near = found.near_misses.map((it) => it.differences.join("; ")).join("\n");
      throw new Error(`called ${found.count} times; nearest:\n${near}`);
    }
  }

  // Waits until the agent's client was told of the event, at most five (real) seconds.
  async hears(agent, eventType) {
    for (let after = 0, until = Date.now() + 5000; Date.now() < until; ) {
      const wanted = { after, agent, section: "6.1.4.1", wait: 1 };
      const { exchanges } = await control(this.url, "POST", "/journal/search", wanted);
      const told = exchanges.map((it) => it.answer?.event).find((it) => it?.eventType === eventType);
      if (told) return told.content;
      after = exchanges.at(-1)?.number ?? after;
    }
    throw new Error(`agent ${agent} did not hear ${eventType}`);
  }
}
