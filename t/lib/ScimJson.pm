# JSON for the tests. JSON::PP writes it: the test decides what is a number and what is text. Cpanel::JSON::XS reads it,
# a hundred times faster, and strictly: no duplicate members, no invalid UTF-8.
package ScimJson;
use strict;
use warnings;
use Cpanel::JSON::XS ();
use Exporter 'import';
use JSON::PP ();

our @EXPORT = qw(json unjson);

my $writer = JSON::PP->new->utf8->canonical->allow_nonref;
my $reader = Cpanel::JSON::XS->new->utf8->allow_nonref;

sub json { return $writer->encode($_[0]) }

# Parses bytes; dies if they are not JSON.
sub unjson {
    my ($bytes) = @_;
    die "a byte order mark, or half of a surrogate pair\n" if $bytes =~ /^\xef\xbb\xbf|\xed[\xa0-\xbf]/;
    return $reader->decode($bytes);
}

1;
