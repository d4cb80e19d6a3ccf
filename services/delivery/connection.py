"""How to reach the broker."""

import ssl
from dataclasses import dataclass, field
from typing import Any, Literal

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512
from pydantic import SecretStr

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """Address and credentials of the broker.

    Parameters
    ----------
    bootstrap_servers
        `host:port`, several separated by commas.
    protocol
        Kafka's `security.protocol`.
    mechanism
        SASL mechanism, for the two SASL protocols.
    ca_file
        Certificate authority that signed the brokers' certificates; the system's own if None.
    """

    bootstrap_servers: str
    protocol: SecurityProtocol = "PLAINTEXT"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    username: str = ""
    password: SecretStr = field(default_factory=lambda: SecretStr(""))
    ca_file: str | None = None

    @property
    def security(self) -> BaseSecurity | None:
        """The same for FastStream; None for a plain connection."""
        if self.protocol == "PLAINTEXT":
            return None
        context = self._ssl_context()
        if self.protocol == "SSL":
            return BaseSecurity(ssl_context=context)
        of_mechanism = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
        return of_mechanism[self.mechanism](
            username=self.username,
            password=self.password.get_secret_value(),
            ssl_context=context,
            use_ssl=context is not None,
        )

    @property
    def client_options(self) -> dict[str, Any]:
        """The same for aiokafka's producer and admin client."""
        options: dict[str, Any] = {"bootstrap_servers": self.bootstrap_servers, "security_protocol": self.protocol}
        if self.protocol.endswith("SSL"):
            options["ssl_context"] = self._ssl_context()
        if self.protocol.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password.get_secret_value(),
            }
        return options

    def _ssl_context(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.ca_file) if self.protocol.endswith("SSL") else None
