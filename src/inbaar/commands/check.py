"""`inbaar check`: prove the books of every client."""

import argparse
import json

from inbaar.commands.setting import open_books, refuse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `inbaar check`."""
    parser.add_argument("--json", action="store_true", help="print every proof as JSON")


def run(args: argparse.Namespace) -> int:
    """Run every proof; exit 2 if one does not hold."""
    open_books()
    from inbaar.daily import client_ids
    from inbaar.proofs import prove_books

    proofs = [proof for client_id in client_ids() for proof in prove_books(client_id)]
    if args.json:
        rows = [
            {
                "client": p.client_id, "proof": p.name, "statement": p.statement, "holds": p.holds,
                "breaches": [[str(value) for value in row] for row in p.breaches],
            }
            for p in proofs
        ]  # fmt: skip
        print(json.dumps({"holds": all(p.holds for p in proofs), "proofs": rows}, indent=1))
    else:
        for name in dict.fromkeys(proof.name for proof in proofs):
            mine = [proof for proof in proofs if proof.name == name]
            good = all(proof.holds for proof in mine)
            print(f"{'holds' if good else 'BROKEN':6}  {mine[0].statement}")
    broken = [proof for proof in proofs if not proof.holds]
    for proof in broken:
        refuse(
            f"the books of client {proof.client_id} break a rule: {proof.statement}; "
            f"first breach {tuple(str(value) for value in proof.breaches[0])}; stop payouts and look at these rows"
        )
    return 2 if broken else 0
