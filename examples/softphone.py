"""The smallest softphone: signs an agent in, answers what rings, hangs up after five seconds.

    emulator serve &
    python examples/softphone.py
    curl -X POST http://127.0.0.1:8000/_emulator/calls -H 'Content-Type: application/json' \\
         -d '{"caller":"13900000000","called":"95001"}'

It knows nothing of the emulator: it is a client of the documented agent gateway.
"""

import sys
import time

import httpx

GATEWAY = "http://127.0.0.1:8000/agentgateway/resource"
AGENT = 101


def main() -> None:
    guid = ""
    with httpx.Client(timeout=30) as http:

        def call(method: str, path: str, **arguments: object) -> dict:
            nonlocal guid
            answer = http.request(method, GATEWAY + path, headers={"guid": guid}, **arguments)
            if "Set-GUID" in answer.headers:
                guid = answer.headers["Set-GUID"].removeprefix("JSESSIONID=")
            return answer.json()

        signed_in = call(
            "PUT",
            f"/onlineagent/{AGENT}",
            json={"password": "Demo@2026", "phonenum": "40101", "autoanswer": "false"},
        )
        if signed_in["retcode"] != "0":
            sys.exit(f"sign-in refused: {signed_in}")
        print("signed in, waiting for a call")
        try:
            while True:
                event = call("GET", f"/agentevent/{AGENT}").get("event")
                if event is None:
                    continue
                print(event["eventType"], event["content"])
                if event["eventType"] == "AgentEvent_Ringing":
                    call("PUT", f"/voicecall/{AGENT}/answer")
                elif event["eventType"] == "AgentEvent_Talking":
                    time.sleep(5)
                    call("DELETE", f"/voicecall/{AGENT}/release")
        except KeyboardInterrupt:
            call("DELETE", f"/onlineagent/{AGENT}/logout")


if __name__ == "__main__":
    main()
