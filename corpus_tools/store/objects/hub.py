"""Repositories of the Hugging Face Hub through huggingface_hub: listed and read by ranges; publishing has a way of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from huggingface_hub import HfApi, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import get_session, hf_raise_for_status

from corpus_tools.errors import CorpusError
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import Object
from corpus_tools.store.objects.persist import FIRST_SECONDS, Transient, persist

Made = TypeVar("Made")

_SECONDS = 60
_HINT = "check the name; for a private repository set HF_TOKEN, or sign in with: hf auth login"


class HubBucket:
    """A repository at one revision; see ``bucket.Bucket``. Nothing is put here by itself: a commit is made by ``publish``."""

    def __init__(self, address: Address, refuse: type[CorpusError]) -> None:
        self.address, self.requests = address, dict[str, int]()
        self._refuse, self._spoken = refuse, False
        place, _, self.revision = address.bucket.partition("@")
        kind, _, rest = place.partition("/")
        self.kind, self.name = (kind[:-1], rest) if kind in ("datasets", "spaces") else ("model", place)
        self._api: Any = HfApi()
        self._commit = ""

    @property
    def commit(self) -> str:
        """The commit that is read: a revision may move while it is."""
        if not self._commit:
            found = self._try(
                lambda: self._api.repo_info(self.name, repo_type=self.kind, revision=self.revision or None), "info", ""
            )
            self._commit = str(found.sha)
        return self._commit

    def list(self, prefix: str) -> Iterator[Object]:
        """See ``Bucket``. A file's time is not told by a listing; its etag, the commit's, is what says that it changed."""
        options: dict[str, Any] = {"repo_type": self.kind, "revision": self.commit, "recursive": True}
        try:
            found = self._try(lambda: list(self._api.list_repo_tree(self.name, prefix or None, **options)), "list", prefix)
        except FileNotFoundError:
            return
        for one in found:
            if hasattr(one, "blob_id"):
                yield Object(one.path, one.size, one.lfs.sha256 if one.lfs else one.blob_id, 0)

    def head(self, key: str) -> Object | None:
        """See ``Bucket``."""
        options: dict[str, Any] = {"repo_type": self.kind, "revision": self.commit}
        found = self._try(lambda: self._api.get_paths_info(self.name, [key], **options), "head", key)
        files = [one for one in found if hasattr(one, "blob_id")]
        return Object(key, files[0].size, files[0].lfs.sha256 if files[0].lfs else files[0].blob_id, 0) if files else None

    def read(self, key: str, start: int, end: int, etag: str | None = None) -> bytes:
        """See ``Bucket``. What is read is a commit, which does not change."""
        if end <= start:
            return b""
        url = hf_hub_url(self.name, key, repo_type=self.kind, revision=self.commit)

        def fetch() -> bytes:
            headers = {**build_hf_headers(), "Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
            answer = get_session().get(url, headers=headers, timeout=_SECONDS, follow_redirects=True)
            hf_raise_for_status(answer)
            content = bytes(answer.content)
            return content if answer.status_code == 206 else content[start:end]

        found = self._try(fetch, "get", key)
        if len(found) != end - start:
            raise self._refuse(f"{self.address / key} is not as long as it was listed", "start again")
        return found

    def put(self, key: str, content: bytes | Path, expect: str | None = None, digest: str = "") -> str | None:
        """A repository takes commits, not single objects: an error."""
        raise self._refuse(
            f"{self.address} cannot hold a run: a repository takes whole commits",
            "run into a folder or a bucket, then: corpus-tools publish RUN hf://datasets/OWNER/NAME",
        )

    def digest(self, key: str) -> str:
        """A repository keeps no digests of ours."""
        return ""

    def delete(self, keys: Iterable[str]) -> None:
        """As ``put``."""
        self.put("", b"")

    def copy(self, key: str, to: str) -> None:
        """As ``put``."""
        self.put("", b"")

    def _try(self, action: Callable[[], Made], kind: str, key: str) -> Made:
        """``action``, with what the Hub refuses told in words, and tried again where that may help."""

        def once() -> Made:
            self.requests[kind] = self.requests.get(kind, 0) + 1
            try:
                found = action()
            except HfHubHTTPError as error:
                status = getattr(getattr(error, "response", None), "status_code", 500)
                if status < 500 and status not in (408, 429):
                    what = f"{self.address / key if key else self.address}: the Hub answered {status}"
                    raise self._refuse(what, _HINT) from None
                raise Transient(f"the Hub answered {status}") from None
            except (OSError, RuntimeError) as error:
                raise Transient(f"the connection failed: {type(error).__name__}") from None
            except Exception as error:
                if type(error).__module__.partition(".")[0] not in ("httpx", "httpx2", "httpcore", "requests"):
                    raise
                raise Transient(f"the connection failed: {type(error).__name__}") from None
            self._spoken = True
            return found

        seconds = None if self._spoken else FIRST_SECONDS
        return persist(once, str(self.address / key if key else self.address), self._refuse, seconds)
