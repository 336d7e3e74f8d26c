"""`inbaar payments`: what is to be paid and where it is, and the file of an approved batch, byte for byte."""

import json
from hashlib import sha256

from inbaar.banking.transfers.actions import approve_batch
from tests.commands.test_commands import inbaar
from tests.conftest import make_client
from tests.transfers.books import acting, asked, batch_of, file_of, member, wanted


def test_payments_are_listed_by_state_and_the_file_of_an_approved_batch_is_written_once(
    own_database, tmp_path
):
    client = make_client("Van Dijk Techniek B.V.", "90000001")
    other = make_client("Bakkerij De Korenaar B.V.", "90000002")
    anna, bob = member(client, "anna"), member(client, "bob", "treasurer")
    batch = batch_of(client, anna, wanted("een"), wanted("twee"))
    asked(client, wanted("drie"))

    def ran(*words, client=client):
        return inbaar("payments", "--client", str(client.id), "--json", *words)

    told = json.loads(ran().stdout)
    assert [each["state"] for each in told["payments"]] == ["batched", "batched", "requested"]
    (made,) = told["batches"]
    assert (made["state"], made["count"], made["sha256"]) == ("made", 2, None)
    assert [each["state"] for each in json.loads(ran("--state", "requested").stdout)["payments"]] == [
        "requested"
    ]
    assert json.loads(ran(client=other).stdout) == {"batches": [], "payments": []}
    name, path = made["message_id"], tmp_path / "pay.xml"
    early = ran("--file", name, "--out", str(path))
    assert (early.returncode, path.exists()) == (2, False)
    assert "once a second person approved it" in early.stderr
    approve_batch(client.id, batch, acting(bob))
    for _ in range(2):
        written = ran("--file", name, "--out", str(path))
        assert written.returncode == 0, written.stderr
        assert path.read_bytes() == file_of(client, batch)
    assert json.loads(written.stdout)["sha256"] == sha256(path.read_bytes()).hexdigest()
    path.write_text("iets anders")
    assert "another file" in ran("--file", name, "--out", str(path)).stderr
    assert path.read_text() == "iets anders"
    for words in (("--file", name), ("--state", "gone"), ("--out", str(path))):
        refused = ran(*words, client=other)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), words
    assert list(tmp_path.iterdir()) == [path]
