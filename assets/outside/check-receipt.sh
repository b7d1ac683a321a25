#!/usr/bin/env bash
# Checks one receipt (.tlog-proof) of Sổ Nhân Ái with bash, coreutils, openssl 3 and xxd; nothing else, and no network.
#
#   check-receipt.sh RECEIPT VKEY        e.g. check-receipt.sh gift.tlog-proof ledger.example.vn/log1+68c7249f+ARl/ayPh…
#
# It recomputes: the hash of the leaf, the way from there to the root of the log, the log's signature on that root and, of a private
# receipt, that what it opens (a name, say) is what the leaf commits to. Then it prints the leaf.
# Exit status: 0 the receipt is right, 1 it is not, 2 it could not be checked.
set -uo pipefail
export LC_ALL=C

wrong() { echo "WRONG: $*" >&2; exit 1; }
cannot() { echo "check-receipt: $*" >&2; exit 2; }

(($# == 2)) || cannot "usage: check-receipt.sh RECEIPT VKEY"
receipt=$1 vkey=$2
[[ -r $receipt ]] || cannot "$receipt cannot be read"
for tool in openssl xxd sha256sum base64 head tail tr cut wc; do command -v "$tool" >/dev/null || cannot "$tool is missing"; done
[[ $(openssl version) =~ ^OpenSSL\ ([0-9]+)\. && ${BASH_REMATCH[1]} -ge 3 ]] || cannot "openssl 3 or newer is needed"
(($(wc -c <"$receipt") <= 1048576)) || wrong "no receipt is that long"
dir=$(mktemp -d) || cannot "no temporary folder"
trap 'rm -rf "$dir"' EXIT

# Bytes travel as hexadecimal: shell variables cannot hold all of them.
sha256() { local out; out=$(xxd -r -p <<<"$1" | sha256sum); echo "${out%% *}"; }
hex_of_base64() { # TEXT [BYTES]: hexadecimal of base64 in its only right form, and of the right length
    local hex; hex=$(base64 -d <<<"$1" 2>/dev/null | xxd -p | tr -d '\n') || return 1
    [[ -n $hex && $(xxd -r -p <<<"$hex" | base64 -w 0) == "$1" && (-z ${2-} || ${#hex} -eq $((2 * $2))) ]] && echo "$hex"
}
is_number() { [[ $1 =~ ^(0|[1-9][0-9]{0,12})$ ]]; }

# --- The key: name+id+base64(type ‖ key), where id is the beginning of SHA-256(name ‖ newline ‖ type ‖ key) ------------------

name=${vkey%%+*} rest=${vkey#*+}
[[ $vkey == *+*+* && -n $name && $name != *[[:space:]]* ]] || cannot "VKEY is name+id+key"
key_id=${rest%%+*}
key=$(hex_of_base64 "${rest#*+}" 33) && [[ $key == 01* ]] || cannot "VKEY is not an Ed25519 key"
[[ $(sha256 "$(printf '%s\n' "$name" | xxd -p | tr -d '\n')$key" | cut -c 1-8) == "$key_id" ]] || cannot "the id in VKEY does not fit its key"

# --- The receipt: header, extra, index, hashes, an empty line, the checkpoint as the log signed it -----------------------------------

[[ -z $(tail -c 1 "$receipt") && $(tr -d '\0' <"$receipt" | wc -c) -eq $(wc -c <"$receipt") ]] || wrong "not a text file, or cut off"
mapfile -t line <"$receipt"
[[ ${line[0]-} == c2sp.org/tlog-proof@v1 ]] || wrong "the first line is not that of a receipt"
[[ ${line[1]-} == "extra "* ]] || wrong "there is no leaf (extra) in it"
hex_of_base64 "${line[1]#extra }" >"$dir/extra.hex" || wrong "extra is not base64"
xxd -r -p "$dir/extra.hex" "$dir/extra"
[[ ${line[2]-} == "index "* ]] && index=${line[2]#index } && is_number "$index" || wrong "there is no index in it"
hashes=() at=3
while [[ -n ${line[at]-} ]]; do
    hashes+=("$(hex_of_base64 "${line[at]}" 32)") || wrong "line $((at + 1)) is not a hash"
    ((++at <= 66)) || wrong "too many hashes"
done
((${#line[@]} >= at + 6)) || wrong "the checkpoint is cut off"
origin=${line[at + 1]} size=${line[at + 2]}
[[ $origin == "$name" ]] || wrong "it is of the log $origin, not of $name"
is_number "$size" || wrong "the size of the log is no number"
root=$(hex_of_base64 "${line[at + 3]}" 32) || wrong "the root is not a hash"
[[ -z ${line[at + 4]} ]] || wrong "a checkpoint has three lines"

# --- The signature: — name base64(key id ‖ 64 bytes), over the three lines with their newlines ---------------------------------------

printf '%s\n' "${line[@]:at+1:3}" >"$dir/text"
printf '302a300506032b6570032100%s' "${key:2}" | xxd -r -p >"$dir/key.der"
signed=no
for text in "${line[@]:at+5}"; do
    [[ $text =~ ^—\ ([^[:space:]+]+)\ ([A-Za-z0-9+/=]+)$ ]] && signer=${BASH_REMATCH[1]} &&
        blob=$(hex_of_base64 "${BASH_REMATCH[2]}") || wrong "a line of a signature is malformed"
    # Other keys (witnesses, a second key of the log) sign too; what we cannot check, we pass over.
    [[ $signer == "$name" && $blob == "$key_id"* ]] || continue
    [[ ${#blob} -eq 136 ]] || wrong "the signature is not 64 bytes"
    xxd -r -p <<<"${blob:8}" >"$dir/signature"
    openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$dir/key.der" -in "$dir/text" -sigfile "$dir/signature" >/dev/null 2>&1 ||
        wrong "the signature of the log does not verify"
    signed=yes
done
[[ $signed == yes ]] || wrong "there is no signature by this key"

# --- The leaf is the first line of extra; its hash is SHA-256(0 ‖ leaf) ---------------------------------------------------------

head -n 1 "$dir/extra" | tr -d '\n' >"$dir/leaf"
hash=$(sha256 "00$(xxd -p "$dir/leaf" | tr -d '\n')")

# --- Inclusion (RFC 9162, 2.1.3.2): from the leaf upwards, SHA-256(1 ‖ left ‖ right) ------------------------------------------------

((index < size)) || wrong "the index is not below the size of the log"
fn=$index sn=$((size - 1))
for sibling in ${hashes[@]+"${hashes[@]}"}; do
    ((sn > 0)) || wrong "the proof is too long"
    if ((fn % 2 == 1 || fn == sn)); then
        hash=$(sha256 "01$sibling$hash")
        while ((fn % 2 == 0 && fn != 0)); do ((fn >>= 1, sn >>= 1)); done
    else
        hash=$(sha256 "01$hash$sibling")
    fi
    ((fn >>= 1, sn >>= 1))
done
((sn == 0)) || wrong "the proof is too short"
[[ $hash == "$root" ]] || wrong "the leaf is not in the signed log at index $index"

# --- A private receipt opens fields: pd = SHA-256("ledger/pd-set/v1" ‖ 0 ‖ count ‖ c_1 ‖ … ‖ c_k) ----------------------------------------

unescaped() { # the content of a JSON string, as text
    local in=$1 out='' code
    while [[ $in =~ ^([^\\]*)\\(u([0-9a-fA-F]{4})|.)(.*)$ ]]; do
        out+=${BASH_REMATCH[1]} in=${BASH_REMATCH[4]}
        case ${BASH_REMATCH[2]} in
        n) out+=$'\n' ;; t) out+=$'\t' ;; r) out+=$'\r' ;; b) out+=$'\b' ;; f) out+=$'\f' ;;
        u*) code=$((16#${BASH_REMATCH[3]}))
            # Only control characters need this form; anything else is written as itself.
            ((code > 0 && code < 128)) || return 1
            out+=$(printf "\\x$(printf %02x "$code")x") && out=${out%x} ;;
        *) out+=${BASH_REMATCH[2]} ;;
        esac
    done
    printf '%s' "$out$in"
}

opened=()
if (($(wc -l <"$dir/extra") > 0)); then
    rest=$(tail -n +2 "$dir/extra")
    string='"([^"\\]|\\.)*"'
    [[ $rest =~ ^\{\"fields\":\[(.*)\],\"v\":1\}$ || $rest =~ ^\{\"v\":1,\"fields\":\[(.*)\]\}$ ]] || wrong "the openings cannot be read"
    rest=${BASH_REMATCH[1]} set='' count=0 before=''
    while [[ -n $rest ]]; do
        [[ $rest =~ ^,?\{(($string:$string,?)+)\}(.*)$ ]] || wrong "the openings cannot be read"
        object=${BASH_REMATCH[1]} rest=${BASH_REMATCH[5]}
        unset field value salt commitment
        while [[ $object =~ ^\"(field|value|salt|commitment)\":\"((([^\"\\]|\\.)*))\",?(.*)$ ]]; do
            object=${BASH_REMATCH[5]}
            printf -v "${BASH_REMATCH[1]}" %s "${BASH_REMATCH[2]}"
        done
        [[ -z $object && ${field-} =~ ^[a-z_]+$ && $field > $before ]] || wrong "the openings cannot be read"
        before=$field
        if [[ -v value ]]; then
            [[ ${salt-} =~ ^[0-9a-f]{64}$ ]] || wrong "the salt of $field is not 32 bytes"
            plain=$(unescaped "$value" && echo x) && plain=${plain%x} || wrong "the value of $field cannot be read"
            commitment=$(printf 'ledger/pd/v1\0%s\0%s' "$field" "$plain" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$salt" -r) ||
                cannot "openssl cannot make an HMAC"
            commitment=${commitment%% *}
            opened+=("opened $field: ${plain//[[:cntrl:]]/?}")
        fi
        [[ ${commitment-} =~ ^[0-9a-f]{64}$ ]] || wrong "the commitment to $field is not 32 bytes"
        set+=$commitment
        ((++count <= 255)) || wrong "too many openings"
    done
    set=$(sha256 "$(printf 'ledger/pd-set/v1' | xxd -p)00$(printf %02x "$count")$set")
    set=$(xxd -r -p <<<"$set" | base64 -w 0 | tr '+/' '-_' | tr -d '=')
    [[ $(<"$dir/leaf") =~ [,{]\"pd\":\"$set\"[,}] ]] || wrong "what it opens is not what the leaf commits to"
fi

tr '\000-\037\177' '?' <"$dir/leaf"; echo
((${#opened[@]} == 0)) || printf '%s\n' "${opened[@]}"
echo "RIGHT: entry $index of the log $name, which signed for $size entries. Checked offline: whether the entry was reversed or amended" \
    "later cannot be seen in a receipt; ask the public ledger, or the log itself." >&2
