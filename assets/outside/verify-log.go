// Verify-log checks the public log of Sổ Nhân Ái without any of its code.
//
// It stands on golang.org/x/mod/sumdb/note and .../tlog, the packages with which Go itself checks its checksum database.
// On Debian, with nothing downloaded from elsewhere:
//
//	apt-get install golang-1.19-go golang-golang-x-mod-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode CGO_ENABLED=0 /usr/lib/go-1.19/bin/go build verify-log.go
//
//	./verify-log -vkey KEY -log https://example.vn/log            check everything the log publishes
//	./verify-log -vkey KEY -log FOLDER                            the same, from a copy
//	./verify-log -vkey KEY -log FOLDER -leaves > leaves.jsonl     and print every leaf, one a line
//	./verify-log -vkey KEY -log FOLDER -old CHECKPOINT            and that it continues an earlier checkpoint
//	./verify-log -vkey KEY -receipt FILE                          check a receipt, offline
//	./verify-log -vkey KEY -receipt FILE -log FOLDER              and that it is in this log, and what was said of it later
//
// Exit status: 0 all is right, 1 something is wrong (the place is named), 2 it could not be checked, 3 all is right and a
// later entry reverses the receipt's.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height        = 8 // of tiles
	perTile       = 1 << height
	maxCheckpoint = 64 << 10
	maxTile       = perTile * tlog.HashSize
	maxBundle     = perTile * (2 + 65535)
	maxSize       = 1 << 40 // leaves we believe a log can have
	ahead         = 8       // requests under way at once
)

// say is where findings go; with -leaves standard output belongs to the leaves.
var say io.Writer = os.Stdout

// wrong is something that is not as it must be; any other error means that it could not be checked.
type wrong struct{ what string }

func (w wrong) Error() string { return w.what }

func wrongf(format string, args ...interface{}) error { return wrong{fmt.Sprintf(format, args...)} }

func main() {
	var vkeys list
	flag.Var(&vkeys, "vkey", "the log's `key`, name+id+base64; may be given again while a key is being changed")
	place := flag.String("log", "", "`folder or URL` under which checkpoint and tile/ are")
	receipt := flag.String("receipt", "", "check this .tlog-proof `file`")
	old := flag.String("old", "", "check that the log continues the checkpoint in this `file`")
	leaves := flag.Bool("leaves", false, "print every leaf, one a line, to standard output")
	flag.Parse()
	if flag.NArg() > 0 || len(vkeys) == 0 || *place == "" && (*receipt == "" || *old != "" || *leaves) {
		fmt.Fprintln(os.Stderr, "verify-log: give -vkey, and -log or -receipt or both; -help says more")
		os.Exit(2)
	}
	reversed, err := run(vkeys, *place, *receipt, *old, *leaves)
	if err != nil {
		if w := (wrong{}); errors.As(err, &w) {
			fmt.Fprintln(os.Stderr, "WRONG:", w)
			os.Exit(1)
		}
		fmt.Fprintln(os.Stderr, "verify-log: could not check:", err)
		os.Exit(2)
	}
	if reversed {
		os.Exit(3)
	}
}

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// run checks what is asked for; reversed says that a later entry takes the receipt's back.
func run(vkeys list, place, receiptFile, oldFile string, leaves bool) (reversed bool, err error) {
	keys, err := openKeys(vkeys)
	if err != nil {
		return false, err
	}
	if leaves {
		say = os.Stderr
	}
	var r *receipt
	if receiptFile != "" {
		if r, err = checkReceipt(keys, receiptFile); err != nil {
			return false, err
		}
	}
	if place == "" {
		fmt.Fprintln(say, "This was checked offline. Whether the entry was reversed or amended later, a receipt cannot show: ask the log.")
		return false, nil
	}
	from, err := openPlace(place)
	if err != nil {
		return false, err
	}
	raw, err := from.get("checkpoint", maxCheckpoint)
	if err != nil {
		return false, err
	}
	now, err := openCheckpoint(keys, raw, "checkpoint")
	if err != nil {
		return false, err
	}
	w := &walk{from: from, tree: now.tree, receipt: r}
	if leaves {
		w.leaves = bufio.NewWriter(os.Stdout)
		defer w.leaves.Flush()
	}
	if err := w.all(); err != nil {
		return false, err
	}
	fmt.Fprintf(say, "origin %s\nsize %d\nroot %s\n", now.origin, now.tree.N, now.tree.Hash)
	fmt.Fprintf(say, "checked %d leaves in %d bundles, %d tiles\n", now.tree.N, w.bundles, w.tiles)
	if oldFile != "" {
		raw, err := os.ReadFile(oldFile)
		if err != nil {
			return false, err
		}
		before, err := openCheckpoint(keys, raw, oldFile)
		if err != nil {
			return false, err
		}
		if err := w.continues(before.tree, oldFile); err != nil {
			return false, err
		}
		fmt.Fprintf(say, "continues the checkpoint of size %d in %s\n", before.tree.N, oldFile)
	}
	if r != nil {
		return w.reversed, w.sayReceipt(receiptFile)
	}
	return false, nil
}

// sayReceipt compares the receipt's checkpoint with the log and tells what the log says of its entry.
func (w *walk) sayReceipt(file string) error {
	if err := w.continues(w.receipt.checkpoint.tree, file); err != nil {
		return err
	}
	fmt.Fprintf(say, "the receipt is of this log, entry %d\n", w.receipt.index)
	for _, later := range w.later {
		fmt.Fprintf(say, "LATER: %s\n", later)
	}
	switch {
	case w.receipt.entry == "":
		return errors.New("the receipt's leaf is of a later version: what the log says of it cannot be told")
	case w.unknown > 0 && !w.reversed:
		return fmt.Errorf("%d later entries are of a version that this program does not know: they may speak of this one", w.unknown)
	case len(w.later) == 0:
		fmt.Fprintln(say, "up to this size nothing later speaks of the entry")
	}
	return nil
}

// ---- keys and checkpoints

type keys struct {
	verifiers note.Verifiers
	names     map[string]bool
}

func openKeys(vkeys list) (*keys, error) {
	k := &keys{names: map[string]bool{}}
	var all []note.Verifier
	for _, vkey := range vkeys {
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, fmt.Errorf("-vkey %q: %v", vkey, err)
		}
		all = append(all, v)
		k.names[v.Name()] = true
	}
	k.verifiers = note.VerifierList(all...)
	return k, nil
}

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

func openCheckpoint(k *keys, raw []byte, name string) (*checkpoint, error) {
	n, err := note.Open(raw, k.verifiers)
	if err != nil {
		return nil, wrongf("%s: %v", name, err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return nil, wrongf("%s: a checkpoint has three lines", name)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return nil, wrongf("%s: size %q", name, lines[1])
	}
	if size > maxSize {
		return nil, wrongf("%s: no log has %d leaves", name, size)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, wrongf("%s: root %q", name, lines[2])
	}
	if !k.names[lines[0]] {
		return nil, wrongf("%s: it is of %q, which is not the log whose key was given", name, lines[0])
	}
	if size == 0 && root != tlog.Hash(sha256.Sum256(nil)) {
		return nil, wrongf("%s: an empty log with a root that is not the empty tree's", name)
	}
	return &checkpoint{lines[0], tlog.Tree{N: size, Hash: root}}, nil
}

// ---- where files come from

var errMissing = errors.New("is not there")

type place interface {
	get(path string, most int) ([]byte, error)
}

func openPlace(where string) (place, error) {
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = ahead
		return &website{strings.TrimRight(where, "/"), &http.Client{Transport: transport, Timeout: time.Minute}}, nil
	}
	if info, err := os.Stat(where); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is neither a URL nor a folder", where)
	}
	return folder(where), nil
}

// limited reads r whole, unless it is longer than it may be.
func limited(r io.Reader, path string, most int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err == nil && len(data) > most {
		err = wrongf("%s is longer than %d bytes", path, most)
	}
	return data, err
}

type website struct {
	prefix string
	client *http.Client
}

func (w *website) get(path string, most int) ([]byte, error) {
	var last error
	for try := 0; try < 4; try++ {
		if try > 0 {
			time.Sleep(time.Duration(try) * time.Second)
		}
		// Asking without a header of our own lets net/http ask for gzip and unpack it.
		answer, err := w.client.Get(w.prefix + "/" + path)
		if err != nil {
			last = err
			continue
		}
		data, err := limited(answer.Body, path, most)
		answer.Body.Close()
		switch {
		case answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone:
			return nil, fmt.Errorf("%s %w", path, errMissing)
		case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
			last = fmt.Errorf("%s: %s", path, answer.Status)
		case answer.StatusCode != http.StatusOK:
			return nil, fmt.Errorf("%s: %s", path, answer.Status)
		case err != nil && !errors.As(err, new(wrong)):
			last = err
		default:
			return data, err
		}
	}
	return nil, last
}

type folder string

func (f folder) get(path string, most int) ([]byte, error) {
	file, err := os.Open(filepath.Join(string(f), filepath.FromSlash(path)))
	if err == nil {
		defer file.Close()
		return limited(file, path, most)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	// A copy may keep what compresses well compressed.
	packed, err := os.Open(filepath.Join(string(f), filepath.FromSlash(path)+".gz"))
	if err != nil {
		return nil, fmt.Errorf("%s %w", path, errMissing)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		return nil, wrongf("%s.gz: %v", path, err)
	}
	data, err := limited(plain, path, most)
	if err != nil {
		return nil, wrongf("%s.gz: %v", path, err)
	}
	return data, nil
}

// pathOf turns the coordinates of Go's own log into those of C2SP's tlog-tiles.
func pathOf(t tlog.Tile, entries bool) string {
	path := strings.TrimPrefix(t.Path(), "tile/8/")
	if entries {
		return "tile/entries/" + strings.TrimPrefix(path, "0/")
	}
	return "tile/" + path
}

// fetch gets a tile or a bundle; a partial one that is gone is the beginning of the full one.
func fetch(from place, t tlog.Tile, entries bool) ([]byte, string, error) {
	most := maxTile
	if entries {
		most = maxBundle
	}
	path := pathOf(t, entries)
	data, err := from.get(path, most)
	if errors.Is(err, errMissing) && t.W < perTile {
		full := t
		full.W = perTile
		if whole, second := from.get(pathOf(full, entries), most); second == nil {
			data, path, err = whole, pathOf(full, entries), nil
			if !entries && len(data) == maxTile {
				data = data[:t.W*tlog.HashSize]
			}
		}
	}
	if errors.Is(err, errMissing) {
		err = wrongf("%s is missing", path)
	}
	return data, path, err
}

// split takes a bundle apart; there may be more than n entries only when it is a full one that stands for a partial one.
func split(data []byte, n int, path string) ([][]byte, error) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, wrongf("%s ends within entry %d", path, len(entries))
		}
		length := int(data[0])<<8 | int(data[1])
		if len(data) < 2+length {
			return nil, wrongf("%s ends within entry %d", path, len(entries))
		}
		entries, data = append(entries, data[2:2+length]), data[2+length:]
	}
	if len(entries) < n || len(entries) > n && (strings.Contains(path, ".p/") || len(entries) > perTile) {
		return nil, wrongf("%s has %d entries, expected %d", path, len(entries), n)
	}
	return entries[:n], nil
}

// ---- the walk through the whole log

type walk struct {
	from           place
	tree           tlog.Tree
	levels         [][]tlog.Hash // levels[l][n]: hash of the full tile (l, n); nothing of level 0 itself is kept
	edge           []tlog.Hash   // leaf hashes of the last, partial bundle
	bundles, tiles int
	leaves         *bufio.Writer
	receipt        *receipt
	later          []string // what speaks of the receipt's entry, in words
	reversed       bool
	unknown        int // later leaves of a version we do not know
}

type got struct {
	tile, entries         []byte
	tilePath, entriesPath string
	err                   error
}

func (w *walk) all() error {
	count := (w.tree.N + perTile - 1) / perTile
	jobs := make(chan chan got, ahead)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		defer close(jobs)
		for n := int64(0); n < count; n++ {
			job := make(chan got, 1)
			select {
			case jobs <- job:
			case <-stop:
				return
			}
			go func(n int64) { job <- w.get(n) }(n)
		}
	}()
	n := int64(0)
	for job := range jobs {
		g := <-job
		if g.err != nil {
			return g.err
		}
		if err := w.bundle(n, g); err != nil {
			return err
		}
		n++
	}
	if err := w.upperTiles(); err != nil {
		return err
	}
	if w.tree.N == 0 {
		return nil
	}
	root, err := tlog.TreeHash(w.tree.N, tlog.HashReaderFunc(w.computed))
	if err != nil {
		return err
	}
	if root != w.tree.Hash {
		return wrongf("the entries have the root %s, the checkpoint says %s", root, w.tree.Hash)
	}
	return nil
}

func (w *walk) width(level int, n int64) int {
	if rest := w.tree.N>>(height*level) - n*perTile; rest < perTile {
		return int(rest)
	}
	return perTile
}

func (w *walk) get(n int64) (g got) {
	t := tlog.Tile{H: height, L: 0, N: n, W: w.width(0, n)}
	if g.tile, g.tilePath, g.err = fetch(w.from, t, false); g.err == nil {
		g.entries, g.entriesPath, g.err = fetch(w.from, t, true)
	}
	return g
}

// bundle recomputes the hashes of one bundle and compares them with its tile.
func (w *walk) bundle(n int64, g got) error {
	width := w.width(0, n)
	if len(g.tile) != width*tlog.HashSize {
		return wrongf("%s has %d bytes, expected %d", g.tilePath, len(g.tile), width*tlog.HashSize)
	}
	entries, err := split(g.entries, width, g.entriesPath)
	if err != nil {
		return err
	}
	hashes := make([]tlog.Hash, width)
	for i, entry := range entries {
		hashes[i] = tlog.RecordHash(entry)
		index := n*perTile + int64(i)
		if !bytes.Equal(hashes[i][:], g.tile[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
			return w.blame(index, g, hashes[i], entry)
		}
		if w.leaves != nil {
			w.leaves.Write(entry)
			if err := w.leaves.WriteByte('\n'); err != nil {
				return err
			}
		}
		if err := w.lookFor(index, entry, g.entriesPath); err != nil {
			return err
		}
	}
	w.bundles++
	w.tiles++
	if width == perTile {
		w.push(0, hashes)
	} else {
		w.edge = hashes
	}
	return nil
}

// blame says whether the bundle or the tile is the changed one: what has a proof up to the signed root is right.
func (w *walk) blame(index int64, g got, is tlog.Hash, entry []byte) error {
	var should tlog.Hash
	copy(should[:], g.tile[index%perTile*tlog.HashSize:])
	proof, err := tlog.ProveRecord(w.tree.N, index, tlog.HashReaderFunc(w.published))
	switch {
	case err == nil && tlog.CheckRecord(proof, w.tree.N, w.tree.Hash, index, should) == nil:
		return wrongf("%s: entry %d was changed: its hash is %s, the signed log has %s; it now reads %.200q",
			g.entriesPath, index, is, should, entry)
	case err == nil && tlog.CheckRecord(proof, w.tree.N, w.tree.Hash, index, is) == nil:
		return wrongf("%s was changed: its hash of entry %d is not what the log signed; the entry is", g.tilePath, index)
	}
	return wrongf("%s: entry %d has the hash %s, %s says %s, and neither is proven by the tiles", g.entriesPath, index, is, g.tilePath, should)
}

// push notes the hash of a full tile, whose content is given, one level up.
func (w *walk) push(level int, content []tlog.Hash) {
	for len(content) > 1 {
		half := make([]tlog.Hash, len(content)/2)
		for i := range half {
			half[i] = tlog.NodeHash(content[2*i], content[2*i+1])
		}
		content = half
	}
	if len(w.levels) == level {
		w.levels = append(w.levels, nil)
	}
	w.levels[level] = append(w.levels[level], content[0])
	if done := w.levels[level]; len(done)%perTile == 0 {
		w.push(level+1, done[len(done)-perTile:])
	}
}

func (w *walk) upperTiles() error {
	for level := 1; level <= len(w.levels); level++ {
		hashes := w.levels[level-1]
		for n := 0; n*perTile < len(hashes); n++ {
			width := w.width(level, int64(n))
			data, path, err := fetch(w.from, tlog.Tile{H: height, L: level, N: int64(n), W: width}, false)
			if err != nil {
				return err
			}
			if len(data) != width*tlog.HashSize {
				return wrongf("%s has %d bytes, expected %d", path, len(data), width*tlog.HashSize)
			}
			for i := 0; i < width; i++ {
				if !bytes.Equal(data[i*tlog.HashSize:(i+1)*tlog.HashSize], hashes[n*perTile+i][:]) {
					return wrongf("%s, hash %d: not the hash of the tile below it", path, i)
				}
			}
			w.tiles++
		}
	}
	return nil
}

// computed gives the hashes that make the root, all recomputed from entries.
func (w *walk) computed(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		tile, within := level/height, uint(level%height)
		row, first := w.edge, n<<within
		if tile == 0 {
			first -= w.tree.N / perTile * perTile
		} else {
			row = w.levels[tile-1]
		}
		if last := first + 1<<within; first < 0 || last > int64(len(row)) {
			return nil, fmt.Errorf("hash %d of level %d is not at hand", n, level)
		}
		part := row[first : first+1<<within]
		for len(part) > 1 {
			half := make([]tlog.Hash, len(part)/2)
			for i := range half {
				half[i] = tlog.NodeHash(part[2*i], part[2*i+1])
			}
			part = half
		}
		out[i] = part[0]
	}
	return out, nil
}

// published gives hashes as the tiles have them, unchecked: only for proofs, which are checked against the signed root.
// (tlog.TileHashReader would check them, but in x/mod 0.7.0 it passes over tiles when several parts of the root lie in one.)
func (w *walk) published(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		t := tlog.TileForIndex(height, index)
		t.W = w.width(t.L, t.N)
		data, path, err := fetch(w.from, t, false)
		if err != nil {
			return nil, err
		}
		if len(data) != t.W*tlog.HashSize {
			return nil, wrongf("%s has %d bytes, expected %d", path, len(data), t.W*tlog.HashSize)
		}
		if out[i], err = tlog.HashFromTile(t, data, index); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// continues checks that the log as it is now begins with the tree of an earlier checkpoint.
func (w *walk) continues(before tlog.Tree, name string) error {
	if before.N > w.tree.N {
		return wrongf("%s is signed for %d leaves, the log shows only %d", name, before.N, w.tree.N)
	}
	if before.N == w.tree.N {
		if before.Hash != w.tree.Hash {
			return wrongf("FORK: two signed roots for %d leaves: %s (%s) and %s", before.N, before.Hash, name, w.tree.Hash)
		}
		return nil
	}
	if before.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(w.tree.N, before.N, tlog.HashReaderFunc(w.published))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, w.tree.N, w.tree.Hash, before.N, before.Hash); err != nil {
		return wrongf("FORK: the first %d leaves of this log are not those that %s was signed for", before.N, name)
	}
	return nil
}

// lookFor notes leaves that speak of the receipt's entry. A leaf that cannot be read could hide a reversal, so it is wrong.
func (w *walk) lookFor(index int64, entry []byte, path string) error {
	if w.receipt == nil || index <= w.receipt.index {
		return nil
	}
	leaf, err := readLeaf(entry)
	switch {
	case err != nil:
		return wrongf("%s: entry %d cannot be read, so nobody can tell what it speaks of: %v", path, index, err)
	case leaf.V != 1:
		w.unknown++
	case leaf.Of != "" && leaf.Of == w.receipt.entry:
		w.later = append(w.later, plain(fmt.Sprintf("%s %s of %s, entry %d of the log %s", leaf.Kind, leaf.Entry, leaf.Booked, index, leaf.Reason)))
		w.reversed = w.reversed || leaf.Kind == "REVERSAL"
	}
	return nil
}

// plain is a text without what a terminal would obey.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
}

// ---- leaves

type leaf struct {
	V                                   int64
	Kind, Entry, Of, Booked, Reason, PD string
}

// readLeaf reads what we need of a leaf. It has to be written as RFC 8785 says, byte by byte: what has one meaning only has one
// encoding, without escapes, second fields of one name or names in another case that another reader would take otherwise.
func readLeaf(raw []byte) (*leaf, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value interface{}
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	written, err := canonical(nil, value)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(written, raw) {
		return nil, errors.New("it is not written as RFC 8785 says")
	}
	fields, ok := value.(map[string]interface{})
	if !ok {
		return nil, errors.New("it is no JSON object")
	}
	l := &leaf{}
	version, _ := fields["v"].(json.Number)
	if l.V, err = version.Int64(); err != nil || l.V < 1 {
		return nil, errors.New("it has no version")
	}
	if l.V != 1 {
		return l, nil
	}
	texts := map[string]*string{"kind": &l.Kind, "entry": &l.Entry, "of": &l.Of, "booked": &l.Booked, "reason": &l.Reason, "pd": &l.PD}
	for name, to := range texts {
		if *to, ok = fields[name].(string); fields[name] != nil && !ok {
			return nil, fmt.Errorf("its %s is no text", name)
		}
	}
	if l.Kind == "" || l.Entry == "" {
		return nil, errors.New("it has no kind or no entry")
	}
	return l, nil
}

// canonical writes a value as RFC 8785 does, for what leaves may hold: no fractions and no number beyond 2^53.
func canonical(to []byte, value interface{}) ([]byte, error) {
	var err error
	switch v := value.(type) {
	case nil:
		return append(to, "null"...), nil
	case bool:
		return strconv.AppendBool(to, v), nil
	case string:
		return quoted(to, v), nil
	case json.Number:
		n, err := v.Int64()
		if err != nil || n >= 1<<53 || n <= -1<<53 {
			return nil, fmt.Errorf("the number %s", v)
		}
		return strconv.AppendInt(to, n, 10), nil
	case []interface{}:
		to = append(to, '[')
		for i, item := range v {
			if i > 0 {
				to = append(to, ',')
			}
			if to, err = canonical(to, item); err != nil {
				return nil, err
			}
		}
		return append(to, ']'), nil
	case map[string]interface{}:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Slice(names, func(i, j int) bool { return before(names[i], names[j]) })
		to = append(to, '{')
		for i, name := range names {
			if i > 0 {
				to = append(to, ',')
			}
			if to, err = canonical(append(quoted(to, name), ':'), v[name]); err != nil {
				return nil, err
			}
		}
		return append(to, '}'), nil
	}
	return nil, errors.New("a value of no kind of JSON")
}

// before orders names as RFC 8785 does: by UTF-16 code units.
func before(a, b string) bool {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}

func quoted(to []byte, text string) []byte {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}
	to = append(to, '"')
	for _, r := range text {
		if escape, ok := short[r]; ok {
			to = append(to, escape...)
		} else if r < ' ' {
			to = append(to, fmt.Sprintf(`\u%04x`, r)...)
		} else {
			to = append(to, string(r)...)
		}
	}
	return append(to, '"')
}

// ---- receipts

type receipt struct {
	index      int64
	entry      string // empty when the leaf is of a version we do not know
	checkpoint *checkpoint
}

type opening struct {
	Field      string
	Value      *string
	Salt       string
	Commitment string
}

func checkReceipt(k *keys, file string) (*receipt, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	bad := func(what string) error { return wrongf("%s: %s", file, what) }
	end := bytes.Index(raw, []byte("\n\n"))
	if end < 0 {
		return nil, bad("no empty line before the checkpoint")
	}
	lines := strings.Split(string(raw[:end]), "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return nil, bad("not a receipt: a header, extra and index are expected")
	}
	extra, err := base64.StdEncoding.Strict().DecodeString(lines[1][len("extra "):])
	if err != nil {
		return nil, bad("extra is not base64")
	}
	r := &receipt{}
	if r.index, err = strconv.ParseInt(lines[2][len("index "):], 10, 64); err != nil || r.index < 0 || strconv.FormatInt(r.index, 10) != lines[2][len("index "):] {
		return nil, bad("index is no number")
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil || len(proof) == 63 {
			return nil, bad("a proof is up to 63 hashes in base64")
		}
		proof = append(proof, hash)
	}
	if r.checkpoint, err = openCheckpoint(k, raw[end+2:], file); err != nil {
		return nil, err
	}
	leaf, openings := extra, []byte(nil)
	if at := bytes.IndexByte(extra, '\n'); at >= 0 {
		leaf, openings = extra[:at], extra[at+1:]
	}
	tree := r.checkpoint.tree
	if r.index >= tree.N {
		return nil, bad("its index is beyond its checkpoint")
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, r.index, tlog.RecordHash(leaf)); err != nil {
		return nil, bad("the leaf is not in the signed log at this place")
	}
	said, err := readLeaf(leaf)
	if err != nil {
		return nil, bad("its leaf cannot be read: " + err.Error())
	}
	r.entry = said.Entry
	fmt.Fprintf(say, "in the log of %s at index %d, signed at size %d\n%s\n", r.checkpoint.origin, r.index, tree.N, leaf)
	if openings != nil {
		if err := checkOpenings(openings, said.PD); err != nil {
			return nil, bad(err.Error())
		}
	}
	return r, nil
}

// checkOpenings recomputes pd from shown fields and from the commitments to fields that are not shown.
func checkOpenings(raw []byte, pd string) error {
	var openings struct {
		V      int
		Fields []opening
	}
	if err := json.Unmarshal(raw, &openings); err != nil || openings.V != 1 {
		return errors.New("its openings cannot be read")
	}
	fields := openings.Fields
	if len(fields) > 255 {
		return errors.New("its openings are too many")
	}
	set := sha256.New()
	fmt.Fprintf(set, "ledger/pd-set/v1\x00%s", []byte{byte(len(fields))})
	for i, f := range fields {
		if i > 0 && fields[i-1].Field >= f.Field {
			return errors.New("its openings are not in order")
		}
		commitment, err := hex.DecodeString(f.Commitment)
		if f.Value != nil {
			var salt []byte
			salt, err = hex.DecodeString(f.Salt)
			if len(salt) != 32 {
				return fmt.Errorf("the salt of %s is not 32 bytes", f.Field)
			}
			mac := hmac.New(sha256.New, salt)
			fmt.Fprintf(mac, "ledger/pd/v1\x00%s\x00%s", f.Field, *f.Value)
			commitment = mac.Sum(nil)
		}
		if err != nil || len(commitment) != 32 {
			return fmt.Errorf("the commitment to %s is not 32 bytes", f.Field)
		}
		set.Write(commitment)
	}
	if base64.RawURLEncoding.EncodeToString(set.Sum(nil)) != pd {
		return errors.New("its openings do not fit the leaf")
	}
	for _, f := range fields {
		if f.Value != nil {
			fmt.Fprintf(say, "opened %s: %q\n", f.Field, *f.Value)
		}
	}
	return nil
}
