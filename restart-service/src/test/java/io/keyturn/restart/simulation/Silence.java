package io.keyturn.restart.simulation;

import java.util.logging.Level;
import java.util.logging.Logger;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The service says nothing of the faults it meets: there are too many. */
final class Silence implements BeforeAllCallback, AfterAllCallback {
    /** Kept here: of a logger that nobody keeps it is forgotten how silent it is to be. */
    private static final Logger LOG = Logger.getLogger("io.keyturn");

    @Override
    public void beforeAll(ExtensionContext context) {
        LOG.setLevel(Level.OFF);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        LOG.setLevel(null);
    }
}
