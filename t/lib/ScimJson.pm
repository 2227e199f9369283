# JSON for the tests. JSON::PP writes it: what is a number and what is text is as the test has it. Cpanel::JSON::XS reads
# it, a hundred times as fast, and strictly: no member twice, no UTF-8 that is none.
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

# Of bytes; dies where they are no JSON.
sub unjson {
    my ($bytes) = @_;
    die "a byte order mark, or half of a surrogate pair\n" if $bytes =~ /^\xef\xbb\xbf|\xed[\xa0-\xbf]/;
    return $reader->decode($bytes);
}

1;
