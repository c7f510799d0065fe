package io.keyturn.rotation.standin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.keyturn.rotation.credential.Credential;

/** Double of a system that checks credentials: several are valid at a time, each by its principal. */
public final class KeysDouble {
    /** Principal to secret. */
    final Map<String, String> valid = new ConcurrentHashMap<>();

    /** Principal to the run that issued it. */
    final Map<String, String> marks = new ConcurrentHashMap<>();

    private final List<String> sessions = new CopyOnWriteArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();

    public void add(String principal, String secret) {
        valid.put(principal, secret);
        log.add("added " + principal);
    }

    void remove(String principal) {
        if (valid.remove(principal) != null) {
            log.add("removed " + principal);
        }
    }

    /** Takes note that nobody with an earlier claim may change it. */
    void fence(String principal) {
        log.add("fenced " + principal);
    }

    public boolean accepts(Credential credential) {
        var secret = valid.get(credential.principal());
        return secret != null && credential.secret().useString(secret::equals);
    }

    /** Logs in and stays. */
    public AutoCloseable session(Credential credential) {
        sessions.add(credential.principal());
        return () -> sessions.remove(credential.principal());
    }

    boolean isUsed(String principal) {
        return sessions.contains(principal);
    }

    /** Who may log in now. */
    public List<String> principals() {
        return valid.keySet().stream().sorted().toList();
    }

    /** What was changed so far, in order. */
    public List<String> log() {
        return new ArrayList<>(log);
    }
}
