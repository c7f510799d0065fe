package io.keyturn.kit.start;

import io.keyturn.contract.codec.CloudEventCodec;
import org.eclipse.microprofile.config.spi.Converter;

/** Reads how many bytes of events one answer may hold: those of the largest event at least. */
public final class PageBytes implements Converter<Long> {
    private static final long serialVersionUID = 1;

    @Override
    public Long convert(String value) {
        long bytes = parse(value);
        if (bytes < CloudEventCodec.MAX_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "PageBytes must be a whole number from " + CloudEventCodec.MAX_VALUE_BYTES + " on");
        }
        return bytes;
    }

    private static long parse(String value) {
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Expected a long", e);
        }
    }
}
