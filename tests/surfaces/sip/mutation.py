"""Messages that something happened to on their way."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.surfaces.sip.torture import ALL, SDP
from tests.surfaces.sip.wire import request, response

GOOD = [torture.data for torture in ALL] + [request(), response(), request("BYE", body=SDP)]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 12)))
        other = draw(st.sampled_from(GOOD))
        cut = draw(st.integers(0, len(other)))
        data[start:end] = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([b"\r\n", b"\r\n ", b"\0", b'"', b"<", b",", b";", b"\xff", b":"]),
                st.just(other[cut : cut + 40]),
            )
        )
    return bytes(data)
