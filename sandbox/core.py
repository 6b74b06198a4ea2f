"""What every part of the small Discord shares."""

from dataclasses import dataclass, field

from sandbox.faults import Faults
from sandbox.gateway.hub import Gateway
from sandbox.interactions import Interaction
from sandbox.journal import Journal
from sandbox.limits import Limits
from sandbox.nonces import Nonces
from sandbox.waiting import Signals
from sandbox.world import World


@dataclass(slots=True)
class Core:
    """The state, the ways it is told and watched, and the times that tests may shorten."""

    world: World
    gateway: Gateway
    journal: Journal
    faults: Faults
    signals: Signals
    limits: Limits
    nonces: Nonces
    interaction_seconds: float = 3.0
    """How long an interaction waits for its first answer."""
    interaction_token_seconds: float = 900.0
    """How long an interaction's token lives."""
    interactions: dict[str, Interaction] = field(default_factory=dict)
    """By token."""
    base_url: str = field(default="")
    """The server's address, known once it listens."""
