package io.keyturn.testbed.demo;

import java.util.function.Consumer;

/** The demo's own claims, each checked and said. */
final class Claims {
    private final Consumer<String> say;
    private int broken;

    Claims(Consumer<String> say) {
        this.say = say;
    }

    void check(boolean holds, String claim) {
        say.accept((holds ? "  ok      " : "  BROKEN  ") + claim);
        if (!holds) {
            broken++;
        }
    }

    boolean allHold() {
        return broken == 0;
    }
}
