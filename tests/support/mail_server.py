"""A real SMTP server on loopback: keeps what it is sent, refuses whom it is told to refuse; with TLS where asked."""

import datetime as dt
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from compose import free_ports
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mail:
    """One message as it was delivered."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    is_encrypted: bool
    login: str

    @property
    def text(self) -> str:
        """The decoded body."""
        return str(self.message.get_body(("plain", "html")).get_content())  # type: ignore[union-attr]


@dataclass
class MailServer:
    """A context manager; `tls` is none, starttls or implicit. `refused` holds recipients that it does not take."""

    folder: Path
    tls: str = "none"
    logins: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    got: list[Mail] = field(default_factory=list)
    refusals: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            self.refusals += 1
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=default)
        encrypted = session.ssl is not None or self.tls == "implicit"
        login = session.auth_data.decode() if session.auth_data else ""
        self.got.append(Mail(envelope.mail_from, envelope.rcpt_tos, message, encrypted, login))
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        login, password = data.login.decode(), data.password.decode()
        is_right = self.logins.get(login) == password
        return AuthResult(success=is_right, handled=False, auth_data=data.login if is_right else None)

    @property
    def certificate(self) -> Path:
        """The file that a client has to trust."""
        return self.folder / "certificate.pem"

    def __enter__(self) -> "MailServer":
        more: dict[str, Any] = {}
        if self.tls != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, write_certificate(self.certificate))
            more = {"ssl_context": context} if self.tls == "implicit" else {"tls_context": context}
            more |= {"require_starttls": True} if self.tls == "starttls" else {}
        if self.logins:
            more |= {
                "auth_required": True,
                "auth_require_tls": self.tls == "starttls",
                "authenticator": self.authenticate,
            }
        [self.port] = free_ports(1)
        self._controller = Controller(self, hostname="localhost", port=self.port, **more)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


def write_certificate(path: Path) -> Path:
    """A certificate for localhost, signed by itself; the path of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path = path.with_name("key.pem")
    plain = serialization.NoEncryption()
    key_path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return key_path
