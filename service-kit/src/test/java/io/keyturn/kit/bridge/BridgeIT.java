package io.keyturn.kit.bridge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Inject;

import io.keyturn.kit.server.KitServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.hibernate.reactive.mutiny.Mutiny;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@QuarkusTest
@WithTestResource(KitServers.class)
class BridgeIT {
    @Inject
    Mutiny.SessionFactory sessions;

    @Inject
    Vertx vertx;

    @Test
    void aVirtualThreadReachesTheDatabaseThroughAnEventLoop() throws Exception {
        var answer = new CompletableFuture<Object>();
        Thread.ofVirtual()
                .start(() -> answer.complete(Bridge.await(() -> {
                    assertThat(Context.isOnEventLoopThread()).isTrue();
                    return sessions.withSession(session -> session.createNativeQuery("select 42", Integer.class)
                            .getSingleResult());
                })));
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(42);
    }

    @Test
    void exceptionsOfTheWorkArriveAsTheyAre() {
        var own = new IllegalArgumentException("own");
        assertThatThrownBy(() -> Bridge.await(() -> Uni.createFrom().failure(own)))
                .isSameAs(own);
        assertThatThrownBy(() -> Bridge.await(() -> {
                    throw own;
                }))
                .isSameAs(own);
    }

    @Test
    void anEventLoopIsRefused() {
        var outcome = new CompletableFuture<Object>();
        vertx.getOrCreateContext().runOnContext(_ -> {
            try {
                outcome.complete(Bridge.await(() -> Uni.createFrom().item(1)));
            } catch (IllegalStateException e) {
                outcome.completeExceptionally(e);
            }
        });
        assertThatThrownBy(() -> outcome.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
