package io.github.secretsource.source;

import io.github.secretsource.spi.SecretData;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What one look at the files of a secret found. Immutable.
 *
 * @param states of every file and directory that was looked into, in the order of looking
 * @param disturbed whether something changed during the look
 * @param hollow whether a file was empty. It may be about to be rewritten: ext4 and tmpfs take the content away before
 *     they set the time of last write, so that for a moment the file is empty and seems to have been so for long
 */
record VolumeSnapshot(
        Generation generation, SecretData data, List<FileState> states, boolean disturbed, boolean hollow) {

    /**
     * Whether no writer can be in the middle of these files: they were complete when kubelet linked them, or nobody has
     * written to them for the given time.
     */
    boolean isSettled(Duration settle, Instant now) {
        if (disturbed || hollow) {
            return false;
        }
        for (FileState state : states) {
            FileTime modified = state.modified();
            if (!generation.isLinkedAfter(modified) && !state.isOlderThan(settle, now)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a second look found nothing else than the first. */
    boolean confirms(VolumeSnapshot first) {
        return !disturbed && states.equals(first.states) && data.sameContent(first.data);
    }
}
