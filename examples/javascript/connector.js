// A smallest CRM connector, the product under test: it shows each customer who reaches an agent.
// It knows nothing of the emulator: it is a client of the documented agent gateway.

export class Connector {
  #guid = "";
  #polling;

  constructor(gateway, agent, show) {
    this.gateway = `${gateway}/agentgateway/resource`;
    this.agent = agent;
    this.show = show;
  }

  async signIn(password, phonenum) {
    const answer = await this.#ask("PUT", "onlineagent", { body: { password, phonenum } });
    if (answer.retcode !== "0") throw new Error(`sign-in refused: ${answer.message}`);
    this.#polling = this.#poll();
  }

  async close() {
    await this.#ask("DELETE", "onlineagent", { rest: "/forcelogout" });
    await this.#polling;
  }

  async #poll() {
    for (;;) {
      const { retcode, event } = await this.#ask("GET", "agentevent");
      if (retcode !== "0") return;
      if (event?.eventType === "AgentEvent_Talking") this.show(event.content.caller);
    }
  }

  async #ask(method, component, { body, rest = "" } = {}) {
    const answer = await fetch(`${this.gateway}/${component}/${this.agent}${rest}`, {
      method,
      headers: { guid: this.#guid, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const guid = answer.headers.get("set-guid");
    if (guid) this.#guid = guid.replace("JSESSIONID=", "");
    return answer.json();
  }
}
