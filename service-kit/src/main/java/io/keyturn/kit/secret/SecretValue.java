package io.keyturn.kit.secret;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;

/**
 * A secret, held outside the Java heap so that the garbage collector leaves no copies, and wiped by {@link #close}.
 *
 * <p>It cannot be printed ({@link #toString} shows nothing), serialised (not {@code Serializable}; JSON is refused) or compared
 * by {@code equals}; {@link #sameAs} takes constant time. Whoever makes one closes it; a method that takes one does not.
 * Thread-safe; using a closed value is an {@code IllegalStateException}.
 */
@JsonSerialize(using = SecretValue.RefuseJson.class)
public final class SecretValue implements AutoCloseable {
    private final MemorySegment bytes;
    private boolean closed;

    private SecretValue(byte[] source) {
        // Closing an arena that threads share would halt all of them; memory that is wiped may wait for the collector.
        bytes = Arena.ofAuto().allocate(Math.max(1, source.length)).asSlice(0, source.length);
        MemorySegment.copy(source, 0, bytes, ValueLayout.JAVA_BYTE, 0, source.length);
    }

    /** Takes the bytes over: the given array is zeroed. */
    public static SecretValue takeOver(byte[] source) {
        try {
            return new SecretValue(source);
        } finally {
            Arrays.fill(source, (byte) 0);
        }
    }

    /** Takes the characters over, as UTF-8: the given array is zeroed. Half a surrogate pair is an {@code IllegalArgumentException}. */
    public static SecretValue takeOver(char[] source) {
        var encoder = StandardCharsets.UTF_8.newEncoder();
        // Room for the worst case: an encoder that has to grow its buffer leaves the smaller one behind, unwiped.
        ByteBuffer encoded = ByteBuffer.allocate((int) Math.ceil(source.length * (double) encoder.maxBytesPerChar()));
        try {
            if (encoder.encode(CharBuffer.wrap(source), encoded, true).isError()) {
                throw new IllegalArgumentException("A secret must be well-formed Unicode text");
            }
            return takeOver(Arrays.copyOf(encoded.array(), encoded.position()));
        } finally {
            Arrays.fill(source, '\0');
            Arrays.fill(encoded.array(), (byte) 0);
        }
    }

    /** For values that a library hands out as text only; that text itself is out of our reach. */
    public static SecretValue copyOf(CharSequence text) {
        var characters = new char[text.length()];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = text.charAt(i);
        }
        return takeOver(characters);
    }

    public SecretValue copy() {
        return use(SecretValue::new);
    }

    public int length() {
        return (int) bytes.byteSize();
    }

    /** Lends the bytes: the array is zeroed when the function returns, so it must not be kept. */
    public <T> T use(Function<byte[], T> reader) {
        var lent = lend();
        try {
            return reader.apply(lent);
        } finally {
            Arrays.fill(lent, (byte) 0);
        }
    }

    private synchronized byte[] lend() {
        if (closed) {
            throw new IllegalStateException("The secret is closed");
        }
        return bytes.toArray(ValueLayout.JAVA_BYTE);
    }

    /** Lends the characters (UTF-8), zeroed afterwards. */
    public <T> T useChars(Function<char[], T> reader) {
        return use(lent -> {
            CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(lent));
            var exact = new char[decoded.remaining()];
            decoded.get(exact);
            Arrays.fill(decoded.array(), '\0');
            try {
                return reader.apply(exact);
            } finally {
                Arrays.fill(exact, '\0');
            }
        });
    }

    /** The last resort, for libraries that take only a String (the Vault client, a JDBC login): the String lives until collected. */
    public <T> T useString(Function<String, T> reader) {
        return use(lent -> reader.apply(new String(lent, StandardCharsets.UTF_8)));
    }

    /** Constant-time comparison. */
    public boolean sameAs(SecretValue other) {
        return use(mine -> other.use(theirs -> java.security.MessageDigest.isEqual(mine, theirs)));
    }

    /** Wipes the value. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        closed = true;
        bytes.fill((byte) 0);
    }

    /** Shows that there is a value, and nothing of it. */
    @Override
    public String toString() {
        return "SecretValue[hidden]";
    }

    /** Stops a value that strays into JSON. */
    static final class RefuseJson extends JsonSerializer<SecretValue> {
        @Override
        public void serialize(SecretValue value, JsonGenerator json, SerializerProvider provider) {
            throw new UnsupportedOperationException("A SecretValue cannot be serialised");
        }
    }
}
