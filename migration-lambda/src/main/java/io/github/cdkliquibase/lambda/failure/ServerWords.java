package io.github.cdkliquibase.lambda.failure;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Common words of the messages of PostgreSQL and Liquibase.
 *
 * <p>A value that consists of them, such as {@code not}, is hidden only in quotes and in paths: elsewhere the message's
 * own words would be hidden, and the message would be unreadable.
 */
final class ServerWords {

    private static final Pattern WORDS = Pattern.compile("[\\p{L}\\s]+");
    private static final Pattern BETWEEN = Pattern.compile("\\s+");

    private static final Set<String> ALL = Set.of("""
            a abort aborted above absolute access active actual add added adding administrative after aggregate all
            allowed already also alter ambiguous an and another any appear argument arguments array as assigned
            assignment at attempted attribute authentication available backslash bad base be because been before being
            below between bigint bit block body bool boolean both bound bounds bpchar but by byte bytea bytes cached call can canceling
            cannot case cast catalog changed changeset changelog char character characters check checksum child class
            clause closed code collation column columns combine command commands comment commit committed complete
            composite concurrent concurrently condition configuration conflict connection connections constant
            constraint constraints contain contains context conversion convert converted could create created current
            cursor cycle data database date datetime day deadlock decimal declared default defined definition delete delimited
            dependent depend depends descriptor detected did different digit dimension dimensions directory disabled disk
            distinct division do does domain done double drop due duplicate during each element else empty enabled encoding
            end ended entry enum equal error escape event exactly exceed exceeded exceeds exception exclude exclusion
            exclusive execute executing exist existing exists expected expression extension extra failed failure false
            fatal feature few field fields file finished first float for foreign format found from full function functions
            generated given global grant group grouping grow has have held hexadecimal hour identifier identity if
            immutable implemented implicit in inconsistent index infinite infinity inherit inherited initial input insert
            inserting inside insufficient int integer internal interval into invalid is isolation it item its join json jsonb
            junk key keys label language large last least left length less letter level like limit line list literal local
            lock locked long loop lost lower made many mark match matches materialized maximum may member memory message
            method mismatched missing mode modify month more most much multiple must name named names near negative nested
            never new no node non none not nothing null nullable number numbers numeric object objects of off offset old on
            once one only open operation operator operators option options or order ordinary other out outside overflow
            overlap overlaps own owned owner package parameter parameters parent parse part partial partition
            partitioned password path permission permitted persistent pin pinned placeholder place plan point policy
            position positive possible precision precondition prepared presently primary privilege privileges procedure
            property protocol publication query quoted range reached read real recognized record recovery recursion recursive
            reference referenced references referencing refused related relation remaining remove rename replica
            replication required requires reserved reset resource result return returned returning returns revoke right
            role rolled rollback root routine row rows rule running same savepoint scale schema search second select self
            sequence serializable serialization serialize server session set setting shared should shut signature size slot
            smallint some source space specified sql standard started state statement statements storage string structure
            subquery subscription subtransaction such support supported supplied switch symbol syntax system table tables
            tablespace target temporary terminated terminating text than that the their there this time timeout times
            timestamp timestamptz timezone to too trailing transaction trigger true truncate tuple type types unable
            undefined under unexpected unicode union unique unknown unlogged unnamed unrecognized unsafe unsupported
            unterminated until update updated updates upper use used user using uuid valid value values variable
            variables varchar varying version view views violate violated violates violation was were when where which while
            whole width window with within without work would write wrong xml yaml year zero zone""".split("\\s+", -1));

    private ServerWords() {}

    /** Whether a text has words, and all of them are common words. */
    static boolean areAll(String text) {
        if (!WORDS.matcher(text).matches()) {
            return false;
        }
        boolean hasWords = false;
        for (String word : BETWEEN.split(text.toLowerCase(Locale.ROOT), -1)) {
            if (!word.isEmpty() && !ALL.contains(word)) {
                return false;
            }
            hasWords |= !word.isEmpty();
        }
        return hasWords;
    }
}
