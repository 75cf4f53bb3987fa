"""S3, Google Cloud Storage and Azure through obstore: conditions, retries, and what a store refuses in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import obstore
from obstore import exceptions
from obstore.store import AzureStore, GCSStore, S3Store

from corpus_tools.errors import CorpusError
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.aws_profile import aws_settings
from corpus_tools.store.objects.bucket import NEW, Object
from corpus_tools.store.objects.persist import FIRST_SECONDS, Transient, persist

Made = TypeVar("Made")

SINGLE_PUT = 64 << 20
"""Bytes up to which an object is put by one request; a larger one goes up in pieces, its condition looked at before."""
PIECE = 16 << 20
DIGEST = "corpus-tools-digest"
"""The entry of an object's metadata that keeps its digest."""
_REQUEST_SECONDS = 60
_STATUS = re.compile(r"status code: (\d{3})")
_PASSING = (408, 409, 425, 429)
"""Refusals of the kind 4xx that pass."""
_CREDENTIALS = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for a public bucket AWS_SKIP_SIGNATURE=true",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or sign in with: gcloud auth application-default login",
    "az": "set AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY or a SAS token, or AZURE_USE_AZURE_CLI=true after az login",
}
_NO_KEYS = ("169.254.169.254", "169.254.170", "metadata.google.internal", "Failed to get credentials", "No credentials")


class ObstoreBucket:
    """A bucket or container; see ``bucket.Bucket``."""

    def __init__(self, address: Address, refuse: type[CorpusError]) -> None:
        self.address, self.requests = address, dict[str, int]()
        self._refuse, self._spoken = refuse, False
        try:
            self._store: Any = _connect(address)
        except (exceptions.BaseError, ValueError) as error:
            raise refuse(f"{address} cannot be opened: {_first_line(error)}", _CREDENTIALS[address.scheme]) from None

    def list(self, prefix: str) -> Iterator[Object]:
        """See ``Bucket``. A listing that breaks goes on after the last key it gave."""
        place, after = prefix.rstrip("/"), ""
        stream: Any = None

        def next_page() -> Any:
            nonlocal stream
            stream = stream or obstore.list(self._store, place or None, offset=after or None, chunk_size=1000)
            try:
                return next(stream, None)
            except exceptions.BaseError:
                stream = None
                raise

        while page := self._try(next_page, "list", place):
            for one in page:
                after = max(after, one["path"])
                yield _object(one)

    def head(self, key: str) -> Object | None:
        """See ``Bucket``."""
        try:
            return _object(self._try(lambda: obstore.head(self._store, key), "head", key))
        except FileNotFoundError:
            self._refuse_no_bucket()
            return None

    def read(self, key: str, start: int, end: int, etag: str | None = None) -> bytes:
        """See ``Bucket``."""
        if end <= start:
            return b""
        options: Any = {"range": (start, end)} | ({"if_match": etag.split("\n")[0]} if etag else {})
        try:
            found = self._try(lambda: bytes(obstore.get(self._store, key, options=options).bytes()), "get", key)
        except exceptions.PreconditionError:
            raise self._changed(key) from None
        except FileNotFoundError:
            raise self._refuse(f"{self.address / key} is gone: it was there when it was listed", "start again") from None
        if len(found) != end - start:
            raise self._changed(key)
        return found

    def put(self, key: str, content: bytes | Path, expect: str | None = None, digest: str = "") -> str | None:
        """See ``Bucket``. Whether a put that was cut off arrived after all is told by its digest."""
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        whole = size <= SINGLE_PUT
        if not whole and expect is not None and not self._holds(key, expect):
            return None
        options: dict[str, Any] = {"attributes": {DIGEST: digest}} if digest else {}
        if whole:
            options["use_multipart"] = False
            if expect is not None:
                options["mode"] = "create" if expect == NEW else _update(expect)
        else:
            options |= {"chunk_size": PIECE, "max_concurrency": 2}

        def send() -> str:
            try:
                return _etag(obstore.put(self._store, key, content, **options))
            except exceptions.AlreadyExistsError:
                # Also what comes of two puts at once of which none arrived: then it is tried again.
                if self.head(key) is None:
                    raise Transient("another put of the same object was under way") from None
                raise

        try:
            return self._try(send, "put", key)
        except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
            return self._arrived(key, size, digest)
        except FileNotFoundError:
            self._refuse_no_bucket()
            return None

    def _holds(self, key: str, expect: str) -> bool:
        found = self.head(key)
        return found is None if expect == NEW else found is not None and found.etag.split("\n")[0] == expect.split("\n")[0]

    def _arrived(self, key: str, size: int, digest: str) -> str | None:
        """The etag of what is there if it is what was to be put: an answer may be lost where the put was not."""
        found = self.head(key)
        same = found is not None and digest and found.size == size and self.digest(key) == digest
        return found.etag if found is not None and same else None

    def digest(self, key: str) -> str:
        """See ``Bucket``."""
        try:
            found = self._try(lambda: obstore.get(self._store, key, options={"head": True}), "head", key)
        except FileNotFoundError:
            return ""
        return str(found.attributes.get(DIGEST, ""))

    def delete(self, keys: Iterable[str]) -> None:
        """See ``Bucket``."""
        for key in keys:
            try:
                self._try(partial(obstore.delete, self._store, key), "delete", key)
            except FileNotFoundError:
                continue

    def copy(self, key: str, to: str) -> None:
        """See ``Bucket``."""
        self._try(lambda: obstore.copy(self._store, key, to), "copy", key)

    def _try(self, action: Callable[[], Made], kind: str, key: str) -> Made:
        """``action``, with what the store refuses told in words, and tried again where that may help."""

        def once() -> Made:
            self.requests[kind] = self.requests.get(kind, 0) + 1
            try:
                found = action()
            except exceptions.GenericError as error:
                raise self._judge(error, key) from None
            except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
                hint = f"check the credentials and what they allow: {_CREDENTIALS[self.address.scheme]}"
                raise self._refuse(f"{self.address / key}: the store refuses it: {_reason(error)}", hint) from None
            self._spoken = True
            return found

        what = str(self.address / key if key else self.address)
        return persist(once, what, self._refuse, None if self._spoken else FIRST_SECONDS)

    def _judge(self, error: Exception, key: str) -> Exception:
        """A store's refusal as something to try again, or as the error that ends it."""
        text, status = str(error), _STATUS.search(str(error))
        if "NoSuchBucket" in text:
            return self._no_bucket()
        if any(sign in text for sign in _NO_KEYS):
            return self._refuse(f"{self.address}: no credentials were found", _CREDENTIALS[self.address.scheme])
        if status and int(status[1]) < 500 and int(status[1]) not in _PASSING:
            return self._refuse(f"{self.address / key}: {_reason(error)}", "check the address, the region and the credentials")
        return Transient(_reason(error))

    def _refuse_no_bucket(self) -> None:
        """Raise if there is no such bucket: a request for one object does not tell."""
        if not self._spoken:
            self._try(lambda: next(obstore.list(self._store, chunk_size=1), None), "list", "")

    def _no_bucket(self) -> CorpusError:
        return self._refuse(f"{self.address} does not exist", "check the name of the bucket, the region and AWS_ENDPOINT_URL")

    def _changed(self, key: str) -> CorpusError:
        return self._refuse(
            f"{self.address / key} changed between its listing and its reading",
            "start again when nothing writes there any more: the same command lists the source anew",
        )


def _connect(address: Address) -> Any:
    """The store of obstore; it reads the variables that the tools of each cloud read."""
    timeout = timedelta(seconds=_REQUEST_SECONDS)
    client: Any = {"timeout": timeout, "connect_timeout": timedelta(seconds=10), "allow_http": True}
    # Repetitions are counted and bounded in one place, ``persist``.
    options: Any = {"client_options": client, "retry_config": {"max_retries": 0, "retry_timeout": timedelta(seconds=1)}}
    if address.scheme == "s3":
        return S3Store(address.bucket, **aws_settings(), **options)
    if address.scheme == "gs":
        return GCSStore(address.bucket, **options)
    account: Any = {"account_name": address.account} if address.account else {}
    return AzureStore(address.bucket, **account, **options)


def _etag(found: Any) -> str:
    """The etag, and where the store counts versions the version after it: some take conditions on the one, some on the other."""
    tag, version = found["e_tag"] or "", found.get("version")
    return f"{tag}\n{version}" if version else tag


def _update(etag: str) -> dict[str, str]:
    tag, _, version = etag.partition("\n")
    return {"e_tag": tag, "version": version} if version else {"e_tag": tag}


def _object(found: Any) -> Object:
    moment: datetime = found["last_modified"]
    return Object(found["path"], found["size"], _etag(found), int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1000)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].strip()[:300]


def _reason(error: Exception) -> str:
    """What happened, without the library's words around it."""
    text = str(error)
    code = re.search(r"<Code>([^<]{1,80})</Code>(?:\s*<Message>([^<]{1,200})</Message>)?", text)
    status = _STATUS.search(text)
    if code:
        return f"{code[1]}: {code[2]}" if code[2] else code[1]
    if status:
        return f"the store answered {status[1]}"
    if "request or response body error" in text:
        return "the answer broke off"
    if "TimedOut" in text or "timed out" in text.lower():
        return "the store did not answer in time"
    return "the connection failed" if "error sending request" in text else _first_line(error)
