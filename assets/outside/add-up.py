#!/usr/bin/env python3
"""Adds up every term of the equation of Sổ Nhân Ái from the leaves of its public log, with nothing but Python 3.

    ./verify-log -vkey "$VKEY" -log $LOG -leaves > leaves.jsonl
    python3 add-up.py leaves.jsonl                       # the whole country, as JSON
    python3 add-up.py leaves.jsonl --chapter 23095       # what one chapter booked itself
    python3 add-up.py leaves.jsonl --fund APPEAL:CODE    # one fund

received + opened + other income + released + taken over - sent = handed out + paid + refunded + lost + left. The keys are those of
"flow" in /api/v1/public/totals, of "left" below it, and of "paid_by_category". Money that is kept apart (QUARANTINE) is left
out unless its fund is asked for. A term is a sum of postings and of nothing else; a REVERSAL counts as the kind of the leaf in `of`.
"""
import argparse
import json
from collections import defaultdict

TERMS = {"received": 1, "opened": 1, "other_income": 1, "released": 1, "taken_over": 1,
         "sent": -1, "handed_out": -1, "paid": -1, "refunded": -1, "lost": -1}
LEFT = {"CASH_ON_HAND": "cash", "BANK": "bank", "IN_TRANSIT": "bank_coming", "IN_TRANSIT_OUT": "bank_going",
        "GOODS_IN_STOCK": "goods", "ADVANCE": "advances", "RECEIVABLE_OTHER": "receivable", "PAYABLE": "payable"}


def term(kind, account):
    """Which term a posting of a kind is part of, and its sign there."""
    if account in ("DONATION_RESTRICTED", "DONATION_UNRESTRICTED"):
        return "received", -1
    if account == "INTERCHAPTER":
        return ("taken_over", -1) if kind == "TRANSFER_IN" else ("sent", 1)
    if account == "AID_EXPENSE":
        return ("handed_out", 1) if kind.startswith("DISTRIBUTION_") else ("paid", 1)
    return {"FUND_BALANCE": ("opened", -1), "DUES_INCOME": ("other_income", -1), "OTHER_INCOME": ("other_income", -1),
            "INTERFUND": ("released", -1), "OPERATING_EXPENSE": ("paid", 1), "REFUNDED": ("refunded", 1), "LOSS": ("lost", 1)}.get(account)


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("leaves")
    asked.add_argument("--chapter")
    asked.add_argument("--fund")
    asked = asked.parse_args()
    known, sums, left, paid = {}, defaultdict(int), defaultdict(int), defaultdict(int)
    with open(asked.leaves, encoding="utf-8") as lines:
        for line in lines:
            leaf = json.loads(line)
            if leaf["v"] != 1:
                raise SystemExit(f"{leaf.get('entry')}: v {leaf['v']} is not understood")
            kind, category = leaf["kind"], leaf.get("category", "")
            if kind == "REVERSAL":
                kind, category = known[leaf["of"]]
            elif leaf["postings"]:
                known[leaf["entry"]] = (kind, category)
            if asked.chapter not in (None, leaf["chapter"]):
                continue
            for posting in leaf["postings"]:
                account, fund, amount = posting["account"], posting["fund"], int(posting["amount"])
                if (fund != asked.fund) if asked.fund else fund.startswith("QUARANTINE"):
                    continue
                if account in LEFT:
                    left[LEFT[account] + "_vnd"] += amount
                    continue
                name, sign = term(kind, account) or (None, None)
                if name is None:
                    raise SystemExit(f"{leaf['entry']}: the account {account} is not understood")
                sums[name] += sign * amount
                if name == "paid":
                    paid[category] += sign * amount
    flow = {name + "_vnd": sums[name] for name in TERMS}
    flow["left_vnd"] = sum(side * sums[name] for name, side in TERMS.items())
    if flow["left_vnd"] != sum(left.values()):
        raise SystemExit("the equation does not hold")
    print(json.dumps({"flow": flow, "on_the_way_vnd": sums["sent"] - sums["taken_over"],
                      "left": {name + "_vnd": left[name + "_vnd"] for name in LEFT.values()},
                      "paid_by_category": {code: vnd for code, vnd in sorted(paid.items()) if vnd}}, indent=1))


if __name__ == "__main__":
    main()
