package io.keyturn.audit.record;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HashChainTest {
    /** Computed with Python's hashlib from the written specification, not with this code. */
    @Test
    void hashesAreTheOnesOfTheSpecification() {
        var entries = HashChain.extend(
                ChainHead.EMPTY,
                List.of(SampleFacts.fact(0, "r1", "{\"è\":1}"), SampleFacts.fact(1, null, "{}")),
                SampleFacts.RECORDED);

        assertThat(entries.get(0).hash().hex())
                .isEqualTo("ede037cfce700226b5af6ebbc452bc9bf61233494fe13739e50f9a38b8e62fd6");
        assertThat(entries.get(1).hash().hex())
                .isEqualTo("63aabe0ecd524a357983266ad888dd77c4cffc733175a3b42664f9f0ffcb3597");
    }

    @Test
    void theFirstEntryFollowsNothingAndTheNextFollowsIt() {
        var entries = SampleFacts.chain(2);

        assertThat(entries.get(0).seq()).isOne();
        assertThat(entries.get(0).previous()).isEqualTo(Hash.NONE);
        assertThat(entries.get(1).previous()).isEqualTo(entries.get(0).hash());
    }

    @Test
    void oneBatchOrManyMakeTheSameChain() {
        var all = SampleFacts.chain(5);
        var facts = all.stream().map(AuditEntry::fact).toList();

        var first = HashChain.extend(ChainHead.EMPTY, facts.subList(0, 2), SampleFacts.RECORDED);
        var rest = HashChain.extend(first.getLast().head(), facts.subList(2, 5), SampleFacts.RECORDED);

        assertThat(first).isEqualTo(all.subList(0, 2));
        assertThat(rest).isEqualTo(all.subList(2, 5));
    }

    @Test
    void whatIsNotAHashIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Hash("ABC"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Hash("A".repeat(64)));
    }
}
