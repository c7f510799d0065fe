package io.keyturn.kit.outbox;

import io.keyturn.kit.server.KitServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
@WithTestResource(KitServers.class)
class PausedRelayIT extends PausedRelayAssertions {}
