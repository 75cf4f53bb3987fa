"""``croissant.json``: the corpus described for machines, as MLCommons Croissant 1.1 has it: files with their sha256, columns, the split.

What the plan does not name (address, creator, date, licence) is left out: Croissant's validator warns of it, and nothing is made up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.plan import WritePlan
from corpus_tools.store.backing import here
from corpus_tools.store.begun import write_sealed_file
from corpus_tools.store.manifest import Part

FILE = "croissant.json"
_PARQUET = "application/x-parquet"
_VOCABULARY = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "annotation": "cr:annotation",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "excludes": "cr:excludes",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "readLines": "cr:readLines",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "sdVersion": "cr:sdVersion",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
    "unArchive": "cr:unArchive",
    "value": "cr:value",
}
_TRAINING = "https://mlcommons.org/definitions/training_split"


@dataclass(frozen=True)
class Hashed:
    """A file of the corpus: its name there, its size in bytes and its sha256."""

    name: str
    size: int
    sha256: str


def hash_file(path: Path) -> Hashed:
    """The file with its sha256, called by its folder and name."""
    with here(path).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Hashed(f"{path.parent.name}/{path.name}", path.stat().st_size, digest)


def write_croissant(path: Path, files: Iterable[Hashed], schema: pa.Schema, plan: WritePlan, told: str, personal: str) -> Part:
    """Write the description; what is to be sealed of it. ``told`` describes the corpus, ``personal`` its personal data."""
    content = json.dumps(describe(files, schema, plan, told, personal), indent=1, ensure_ascii=False).encode()
    return write_sealed_file(path, content)


def describe(files: Iterable[Hashed], schema: pa.Schema, plan: WritePlan, told: str, personal: str) -> dict[str, Any]:
    """The whole description as JSON-LD."""
    given = {
        "url": plan.url,
        "creator": {"@type": "sc:Organization", "name": plan.creator} if plan.creator else "",
        "datePublished": plan.published,
        "license": plan.licence,
    }
    return {
        "@context": _VOCABULARY,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": plan.name,
        "version": plan.version,
        "description": told,
        **{name: value for name, value in given.items() if value},
        "rai:personalSensitiveInformation": personal,
        "distribution": [*map(_file, files), _file_set()],
        "recordSet": [_splits(), _documents(schema)],
    }


def _file(file: Hashed) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        "contentSize": f"{file.size} B",
        "encodingFormat": _PARQUET,
        "sha256": file.sha256,
    }


def _file_set() -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": "train-files",
        "name": "train-files",
        "description": "The files of the corpus.",
        "encodingFormat": _PARQUET,
        "includes": "data/train-*.parquet",
    }


def _splits() -> dict[str, Any]:
    fields = [("name", "sc:Text"), ("url", "sc:URL")]
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            {"@type": "cr:Field", "@id": f"splits/{name}", "name": f"splits/{name}", "dataType": kind} for name, kind in fields
        ],
        "data": [{"splits/name": "train", "splits/url": _TRAINING}],
    }


def _documents(schema: pa.Schema) -> dict[str, Any]:
    split = {
        "@type": "cr:Field",
        "@id": "documents/split",
        "name": "documents/split",
        "description": "The split, from the name of the file.",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": "train-files"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": "data/(train)-.+parquet$"},
        },
        "references": {"field": {"@id": "splits/name"}},
    }
    docs = tables.docs(schema)
    return {
        "@type": "cr:RecordSet",
        "@id": "documents",
        "name": "documents",
        "description": "The documents of the corpus, one a row.",
        "key": {"@id": "documents/page_id"},
        "field": [split, *(_field(field, docs[field.name]) for field in schema)],
    }


def _field(field: pa.Field[Any], doc: str) -> dict[str, Any]:
    listed = pa.types.is_list(field.type)
    kind = field.type.value_type if pa.types.is_list(field.type) else field.type
    name = f"documents/{field.name}"
    source = {"fileSet": {"@id": "train-files"}, "extract": {"column": field.name}}
    made: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name, "description": doc, "source": source}
    if listed:
        made |= {"isArray": True, "arrayShape": "-1"}
    if not pa.types.is_struct(kind):
        return made | {"dataType": _data_type(kind)}
    inner = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{one.name}",
            "name": f"{name}/{one.name}",
            "dataType": _data_type(one.type),
            "source": source | {"transform": {"jsonPath": one.name}},
        }
        for one in kind
    ]
    return made | {"subField": inner}


def _data_type(kind: pa.DataType) -> str:
    """The type of a column in Croissant's words; what it has no word for is text."""
    for fits, name in (
        (pa.types.is_boolean, "sc:Boolean"),
        (pa.types.is_integer, "sc:Integer"),
        (pa.types.is_floating, "sc:Float"),
        (pa.types.is_timestamp, "sc:DateTime"),
        (pa.types.is_date, "sc:Date"),
    ):
        if fits(kind):
            return name
    return "sc:Text"
