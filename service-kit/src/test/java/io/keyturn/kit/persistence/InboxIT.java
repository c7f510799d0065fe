package io.keyturn.kit.persistence;

import io.keyturn.kit.server.KitServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
@WithTestResource(KitServers.class)
class InboxIT extends InboxAssertions {}
