"""The same day at the desk, by a client that openapi-python-client makes of the document. Ends with 0 when everything was as it should be."""

import base64
import datetime
import hashlib
import io
import os
import sys
import time
import uuid

sys.path.insert(0, os.environ["CLIENT"])

from so_nhan_ai_client import AuthenticatedClient, Client
from so_nhan_ai_client.api.documents import begin_upload, continue_upload, link_gift_document
from so_nhan_ai_client.api.gifts import approve_reversal, list_gifts, record_gift, record_gifts, request_reversal
from so_nhan_ai_client.api.public import download_receipt, search_entries
from so_nhan_ai_client.api.session import log_in, log_out, refresh_session, who_am_i
from so_nhan_ai_client.models import (
    BatchIn,
    BookingOutcome,
    Channel,
    Display,
    GiftIn,
    GiverIn,
    LinkIn,
    LoginIn,
    MediaType,
    PartyKind,
    ProblemType,
    Purpose,
    Reason,
    RefreshIn,
    ReversalIn,
    ReversalState,
    Role,
    UploadIn,
    UploadState,
)
from so_nhan_ai_client.types import File

base = os.environ["BASE"]
nobody = Client(base_url=base)

entered = log_in.sync_detailed(client=nobody, body=LoginIn(user=os.environ["USER_NAME"], password=os.environ["PASSWORD"]))
assert entered.status_code == 201, entered
session = entered.parsed
officer = AuthenticatedClient(base_url=base, token=session.access_token)
approver = AuthenticatedClient(base_url=base, token=os.environ["APPROVER"])
assert who_am_i.sync(client=officer).roles[0].role == Role.OFFICER

today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
gift = GiftIn(
    id=uuid.uuid4(),
    chapter="23095",
    channel=Channel.CASH,
    amount_vnd=500_000,
    received_on=today,
    giver=GiverIn(kind=PartyKind.PERSON, name="Trần Văn Bình"),
    display=Display.FULL_NAME,
)
assert record_gift.sync_detailed(client=officer, body=gift).status_code == 201
again = record_gift.sync_detailed(client=officer, body=gift)
assert again.status_code == 200 and again.parsed.outcome == BookingOutcome.ALREADY_BOOKED, again
code = again.parsed.code

gifts = [
    GiftIn(id=uuid.uuid4(), chapter="23095", channel=Channel.BANK_TRANSFER, amount_vnd=-1 if n == 2 else n * 100_000, received_on=today)
    for n in (1, 2, 3)
]
batch = record_gifts.sync(client=officer, body=BatchIn(gifts=gifts))
assert (batch.booked, batch.refused) == (2, 1), batch
refused = next(item for item in batch.items if item.outcome == BookingOutcome.REFUSED)
assert refused.problem.type_ == ProblemType.INVALID and refused.problem.errors[0].pointer == "/amount_vnd", refused

seen, cursor = [], None
while True:
    page = list_gifts.sync(client=officer, chapter="23095", limit=2, **({"cursor": cursor} if cursor else {}))
    seen += [row.id for row in page.items]
    cursor = page.next_
    if not cursor:
        break
assert len(seen) == len(set(seen)) and set(seen) >= {gift.id, gifts[0].id, gifts[2].id}, seen

asked = request_reversal.sync_detailed(gifts[0].id, client=officer, body=ReversalIn(id=uuid.uuid4(), reason=Reason.DUPLICATE))
assert asked.status_code == 201, asked
key = str(uuid.uuid4())
approved = approve_reversal.sync_detailed(asked.parsed.id, client=approver, idempotency_key=key)
assert approved.parsed.state == ReversalState.APPROVED, approved
replay = approve_reversal.sync_detailed(asked.parsed.id, client=approver, idempotency_key=key)
assert replay.headers["idempotency-replayed"] == "true", replay

paper = base64.b64decode(os.environ["PAPER"]) + b"% python\n"
upload = UploadIn(
    id=uuid.uuid4(),
    chapter="23095",
    purpose=Purpose.GIFT,
    name="Biên nhận.pdf",
    media_type=MediaType.APPLICATIONPDF,
    size_bytes=len(paper),
    sha256=hashlib.sha256(paper).hexdigest(),
)
assert begin_upload.sync_detailed(client=officer, body=upload).headers["upload-offset"] == "0"
sent = continue_upload.sync(upload.id, client=officer, body=File(payload=io.BytesIO(paper)), upload_offset=0)
assert sent.state == UploadState.DONE, sent
assert link_gift_document.sync_detailed(gift.id, client=officer, body=LinkIn(document=upload.id)).status_code == 201

for _ in range(60):
    receipt = download_receipt.sync_detailed(code, client=nobody)
    if receipt.status_code == 200:
        break
    time.sleep(0.5)
assert receipt.content.startswith(b"c2sp.org/tlog-proof@v1"), receipt

entries = search_entries.sync_detailed(client=nobody, q="Trần Văn Bình")
assert entries.headers["etag"] and entries.parsed.items is not None, entries
following = refresh_session.sync(client=nobody, body=RefreshIn(refresh_token=session.refresh_token))
officer = AuthenticatedClient(base_url=base, token=following.access_token)
assert log_out.sync_detailed(client=officer).status_code == 204
assert who_am_i.sync(client=officer).type_ == ProblemType.UNAUTHENTICATED
print(f"{len(gifts) + 1} gifts, {len(seen)} rows, 1 reversal, 1 paper, 1 receipt")
