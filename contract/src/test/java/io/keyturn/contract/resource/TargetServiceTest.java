package io.keyturn.contract.resource;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TargetServiceTest {
    @ParameterizedTest
    @ValueSource(strings = {"db", "db.shop", "db.shop.svc", "db.shop.svc.cluster.local", "db.shop.svc."})
    void hostsThatAServiceCanHaveNameOne(String host) {
        assertThat(TargetService.of(host, "shop")).contains(new TargetService("shop", "db"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "db.example.com", "localhost:1", "", "::1"})
    void allOtherHostsNameNone(String host) {
        assertThat(TargetService.of(host, "shop")).isEmpty();
    }
}
