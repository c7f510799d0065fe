package io.keyturn.contract.resource;

import java.util.Map;

import io.keyturn.contract.reference.PublicationId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ContentMarkTest {
    @Test
    void isReadAsItIsWritten() {
        var mark = new ContentMark(
                "12ab", Map.of("orders-db", new PublicationId("r1.2"), "cache", new PublicationId("r9.1")));

        assertThat(mark).hasToString("12ab;cache=r9.1;orders-db=r1.2");
        assertThat(ContentMark.of(mark.toString())).isEqualTo(mark);
    }

    @Test
    void ofEarlierVersionsIsTheHashAlone() {
        assertThat(ContentMark.of("12ab")).isEqualTo(new ContentMark("12ab", Map.of()));
        assertThat(ContentMark.of(null)).isEqualTo(new ContentMark("", Map.of()));
    }

    @Test
    void whatIsNoPublicationProvesNothing() {
        assertThat(ContentMark.of("12ab;orders-db;=;orders-db=;a=R!;b=r1.1;"))
                .isEqualTo(new ContentMark("12ab", Map.of("b", new PublicationId("r1.1"))));
    }
}
