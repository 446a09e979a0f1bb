'''The doors of the CEC reference: one package for each component, and here what they share.

Declaring a component, once, at import:

    gateway: Component[Platform] = Component(
        "gateway", prefix="/agentgateway", envelope=GatewayEnvelope(), errors=ERRORS, auth="C4",
        wrappers=("requestParam", "reqBody"),
    )

Writing an interface: a handler takes the request and whatever it wants of `body`, `query`, `path`
and `headers` as models; other parameters are single values of the path or the query.

    class CalloutBody(BaseModel):
        called: Annotated[Text, Field(min_length=1, max_length=24)]
        caller: Annotated[Text, Field(max_length=24)] = ""
        skill_id: Int | None = spelled("skillid", "skillId", default=None)
        data: Annotated[Text, MaxBytes(16 * 1024)] = spelled("callappdata", default="")

    @gateway.put("/resource/voicecall/{agentid}/callout", section="6.1.2.1",
                 codes=("000-002", "100-006", "100-007", "200-001"), events=("AgentEvent_Talking",))
    def callout(call: AgentRequest[Platform], body: CalloutBody) -> str:
        """Make an outbound call."""
        return call.platform.switch.make_call(call.agent_id, body.called, ...)

What it returns goes into the envelope; `None` means no result; an `Answer` goes out as it is.
What it raises is looked up in the component's `ErrorTable`. A sync handler runs inline and never
blocks; a poll is `async`, renews the guid (`call.renew_guid()`) and learns through
`call.on_delivery` whether its answer found the client. Headers: `call.set_header(name, value)`.

Opening it for a platform, which gives an ASGI application:

    gateway.open(platform, gates=guid_gates(sessions, now), life=platform, traffic=traffic)

The parts: `component` (declaration and door), `interface` (a request's way), `inputs` (signature
to validation), `body` (bytes to values), `routing`, `envelope`, `errors`, `openapi`, `request`,
`observed` (a request in the journal, and its faults),
and the authentication modes of chapter 4: `auth_c1`, `auth_c2`, `auth_c4`.
'''
