package io.keyturn.audit.record;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChainVerifierTest {
    private final List<AuditEntry> chain = new ArrayList<>(SampleFacts.chain(10));

    @Test
    void anUntouchedChainHolds() {
        assertThat(verdict(null)).isEqualTo(new Verdict(chain.getLast().head(), null));
    }

    @Test
    void anEmptyChainHolds() {
        chain.clear();

        assertThat(verdict(null)).isEqualTo(new Verdict(ChainHead.EMPTY, null));
    }

    @Test
    void anEditedEntryIsNamed() {
        chain.set(4, edited(chain.get(4)));

        assertBroken(5, Fault.EDITED);
    }

    @Test
    void anEditedEntryWithItsHashRecomputedBreaksTheLinkOfTheNext() {
        var edited = edited(chain.get(4));
        chain.set(4, withHash(edited, HashChain.hashOf(edited)));

        assertBroken(6, Fault.UNLINKED);
    }

    @Test
    void aDeletedEntryIsNamed() {
        chain.remove(4);

        assertBroken(5, Fault.MISSING);
    }

    @Test
    void aDeletedBeginningIsNamed() {
        chain.subList(0, 3).clear();

        assertBroken(1, Fault.MISSING);
    }

    @Test
    void twoEntriesThatSwappedNumbersAreFound() {
        var fifth = chain.get(4);
        var sixth = chain.get(5);
        chain.set(4, withSeq(sixth, 5));
        chain.set(5, withSeq(fifth, 6));

        assertBroken(5, Fault.UNLINKED);
    }

    @Test
    void entriesInTheWrongOrderAreFound() {
        chain.add(4, chain.get(1));

        assertBroken(2, Fault.OUT_OF_ORDER);
    }

    @Test
    void aForgedEntryInTheMiddleUnlinksItsSuccessorEvenIfAllMoveOn() {
        var forged = HashChain.extend(
                        chain.get(3).head(), List.of(SampleFacts.fact(99, "r9", "{}")), SampleFacts.RECORDED)
                .getFirst();
        for (int i = 4; i < chain.size(); i++) {
            chain.set(i, withSeq(chain.get(i), i + 2L));
        }
        chain.add(4, forged);

        assertBroken(6, Fault.UNLINKED);
    }

    @Test
    void anEntryThatCannotBeReadIsNamed() {
        var verifier = new ChainVerifier(null);
        verifier.accept(chain.getFirst());

        assertThat(verifier.unreadable(2)).isFalse();
        assertThat(verifier.verdict().firstBad()).isEqualTo(new Verdict.Bad(2, Fault.EDITED));
    }

    @Test
    void aCutTailIsFoundOnlyByWhoNotedTheHead() {
        var noted = chain.getLast().head();
        chain.subList(7, 10).clear();

        assertThat(verdict(null).ok()).isTrue();
        assertThat(verdict(noted).firstBad()).isEqualTo(new Verdict.Bad(8, Fault.CUT));
    }

    @Test
    void aWhollyRecomputedChainIsFoundOnlyByWhoNotedTheHead() {
        var noted = chain.getLast().head();
        var facts = chain.stream()
                .map(AuditEntry::fact)
                .map(ChainVerifierTest::edited)
                .toList();
        chain.clear();
        chain.addAll(HashChain.extend(ChainHead.EMPTY, facts, SampleFacts.RECORDED));

        assertThat(verdict(null).ok()).isTrue();
        assertThat(verdict(noted).firstBad()).isEqualTo(new Verdict.Bad(10, Fault.REWRITTEN));
    }

    @Test
    void anEarlierHeadStillHoldsWhenTheChainHasGrown() {
        assertThat(verdict(chain.get(3).head()).ok()).isTrue();
    }

    @Test
    void everySingleChangeOfAnyFieldIsFoundAtTheRightPlace() {
        for (int index = 0; index < chain.size(); index++) {
            for (int field = 0; field < 15; field++) {
                var tampered = new ArrayList<>(chain);
                tampered.set(index, changed(chain.get(index), field));

                var bad = feed(tampered, null).firstBad();

                assertThat(bad == null ? 0 : bad.seq())
                        .as("field %d of entry %d", field, index)
                        .isEqualTo(index + 1L);
            }
        }
    }

    private static AuditEntry changed(AuditEntry e, int field) {
        var f = e.fact();
        var p = f.place();
        var s = f.subject();
        return switch (field) {
            case 0 -> with(e, fact(f, new java.util.UUID(1, 1), f.source(), f.type(), f.rotation(), f.payload()));
            case 1 -> with(e, fact(f, f.eventId(), f.source() + "x", f.type(), f.rotation(), f.payload()));
            case 2 -> with(e, fact(f, f.eventId(), f.source(), f.type() + "x", f.rotation(), f.payload()));
            case 3 -> with(e, fact(f, f.eventId(), f.source(), f.type(), null, f.payload()));
            case 4 -> edited(e);
            case 5 -> with(e, moved(f, new Fact.Place("t", p.partition(), p.offset()), s));
            case 6 -> with(e, moved(f, new Fact.Place(p.topic(), 9, p.offset()), s));
            case 7 -> with(e, moved(f, new Fact.Place(p.topic(), p.partition(), 9), s));
            case 8 -> with(e, moved(f, p, new Fact.Subject("Secret", s.namespace(), s.name())));
            case 9 -> with(e, moved(f, p, new Fact.Subject(s.kind(), "x", s.name())));
            case 10 -> with(e, moved(f, p, new Fact.Subject(s.kind(), s.namespace(), "x")));
            case 11 -> new AuditEntry(e.seq(), f, e.recordedAt().plusNanos(1000), e.previous(), e.hash());
            case 12 -> new AuditEntry(e.seq(), f, e.recordedAt(), new Hash("1".repeat(64)), e.hash());
            case 13 -> with(e, at(f, f.time().plusNanos(1000)));
            default -> withHash(e, new Hash("2".repeat(64)));
        };
    }

    private static Fact fact(
            Fact f, java.util.UUID id, String source, String type, @Nullable String rotation, String payload) {
        return new Fact(id, source, type, f.place(), f.subject(), rotation, f.time(), payload);
    }

    private static Fact at(Fact f, java.time.Instant time) {
        return new Fact(f.eventId(), f.source(), f.type(), f.place(), f.subject(), f.rotation(), time, f.payload());
    }

    private static Fact moved(Fact f, Fact.Place place, Fact.Subject subject) {
        return new Fact(f.eventId(), f.source(), f.type(), place, subject, f.rotation(), f.time(), f.payload());
    }

    private static AuditEntry with(AuditEntry e, Fact fact) {
        return new AuditEntry(e.seq(), fact, e.recordedAt(), e.previous(), e.hash());
    }

    private static AuditEntry edited(AuditEntry e) {
        return with(e, edited(e.fact()));
    }

    private static Fact edited(Fact f) {
        return fact(f, f.eventId(), f.source(), f.type(), f.rotation(), "{\"n\":-1}");
    }

    private static AuditEntry withSeq(AuditEntry e, long seq) {
        return new AuditEntry(seq, e.fact(), e.recordedAt(), e.previous(), e.hash());
    }

    private static AuditEntry withHash(AuditEntry e, Hash hash) {
        return new AuditEntry(e.seq(), e.fact(), e.recordedAt(), e.previous(), hash);
    }

    private void assertBroken(long seq, Fault fault) {
        assertThat(verdict(null).firstBad()).isEqualTo(new Verdict.Bad(seq, fault));
    }

    private Verdict verdict(@Nullable ChainHead expected) {
        return feed(chain, expected);
    }

    private static Verdict feed(List<AuditEntry> entries, @Nullable ChainHead expected) {
        var verifier = new ChainVerifier(expected);
        for (var entry : entries) {
            if (!verifier.accept(entry)) {
                break;
            }
        }
        return verifier.verdict();
    }
}
